#pragma once

#include "actors/address_book.hpp"
#include "actors/connection_port.hpp"
#include "actors/connection_state.hpp"
#include "actors/connection_supervisor.hpp"
#include "actors/light_process.hpp"
#include "actors/messages.hpp"

namespace lintel::actors {

/// What all connections of a worker share.
struct connection_services {
  connection_port& port;
  process_ptr<connection_supervisor> supervisor;
  const address_book& book;
  const namespaces& spaces;
  connection_limits limits;
};

/// The behaviour of one connection: takes its client's messages one by one, answers what it can and passes the rest
/// to rooms. Everything that must survive a crash is in the session, which the connection table owns; an
/// incarnation of this process holds nothing that cannot be lost.
class connection_actor : public light_process {
public:
  connection_actor(caf::actor_config& config, session& who, const connection_services& services);

  /// The socket is gone: the process ends without touching the session again. On its worker.
  void socket_closed();

  /// What the supervisor knows this connection by.
  std::uint64_t key() const noexcept;
  std::size_t write_name(std::span<char> into) const noexcept override;
  process_class what() const noexcept override { return process_class::connection; }

protected:
  void begin_incarnation() override;
  handled handle(letter_ptr& mail) override;
  void idle() override { open_window(); }
  void refuse(letter& mail) noexcept override;
  trace_id trace_of(const letter& mail) const noexcept override { return actors::trace_of(mail); }
  supervisors::verdict failed(const exit_report& report) override;
  std::chrono::nanoseconds wait_for_turn() override;
  void ended(const caf::error& reason) noexcept override;

private:
  handled take(letter_ptr& mail);
  void answer_heartbeat(protocol::message_view message);
  void join(letter_ptr& mail, channel* rejoined);
  void introduce(client_request& request) const;
  void leave(channel& from, const client_request& request);
  void push(letter_ptr& mail, channel& to);
  void answer_self(step what, const protocol::message_view& request);
  void note_strike(std::string_view action) const;
  std::string self_json(std::uint32_t incarnation) const;
  void reply(const protocol::message_view& request, std::string_view status, std::string_view reason = {});
  void reply_unmatched(const protocol::message_view& request);
  void open_window();

  session* session_; // null once the socket is closed
  const connection_services& services_;
};

} // namespace lintel::actors
