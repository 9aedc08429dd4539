#pragma once

#include "actors/connection_actor.hpp"
#include "actors/connection_port.hpp"
#include "actors/reactor.hpp"
#include "base/timing_wheel.hpp"
#include "gateway/admission.hpp"
#include "gateway/batch_sender.hpp"
#include "gateway/connection_table.hpp"
#include "gateway/frame_taps.hpp"
#include "gateway/gateway_config.hpp"
#include "gateway/http_request.hpp"
#include "gateway/poller.hpp"
#include "gateway/room_membership.hpp"
#include "gateway/session_directory.hpp"
#include "protocol/decoder.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace lintel::gateway {

class listener;
class listening_socket;

/// The sockets of one worker: the one place that knows both sockets and mailboxes. Everything here runs on the
/// worker's thread, but for wake().
///
///   listener → adopt → handshake → open → frames → client_request → (actor, rooms) → send → end_turn → gone
///
/// socket_worker.cpp has the loop and the life of a connection, socket_http.cpp what comes before there is a WebSocket
/// or instead of one, socket_input.cpp the way in, socket_output.cpp the way out.
class socket_worker : public actors::reactor, public actors::connection_port {
public:
  socket_worker(std::uint16_t index, const gateway_config& config, const http_routes& routes, admission& door,
                session_directory& sessions);
  ~socket_worker() override;
  socket_worker(const socket_worker&) = delete;
  socket_worker& operator=(const socket_worker&) = delete;

  /// What the connections' actors need, from here on: before the first socket, and again when the connection
  /// supervisor is a new one. On this worker.
  void attach(caf::actor_system& system, actors::connection_services services);

  // --- actors::reactor
  void start() override;
  void finish() noexcept override;
  bool poll(std::optional<clock::time_point> until) override;
  void end_turn() override;
  bool has_output() const noexcept override { return !dirty_.empty(); }
  void wake() noexcept override { poller_.wake(); }

  // --- actors::connection_port
  void send(actors::session& to, protocol::encoded_frame_ptr frame) override;
  void close(actors::session& which, protocol::close_reason reason) override;
  void answer_close(actors::session& which, std::uint16_t code) override;
  void resume_reading(actors::session& which) override;
  actors::client_identity_ptr identity_of(const actors::session& which) const override;

  // --- for the listener
  /// False: the kernel has no room to watch it. While the server is drained it is not watched, and nothing is wrong.
  [[nodiscard]] bool watch(int listening_fd, listener& owner);
  void unwatch(int listening_fd);
  /// Takes over an accepted, non-blocking socket.
  enum class adopted : std::uint8_t {
    yes,
    too_many,  ///< connections_max: the socket is closed
    exhausted, ///< the kernel has no room to watch it: the socket is closed
  };
  adopted adopt(int fd);

  // --- for the courier and the admin, on this worker
  /// `must_close`: the socket's budget is spent; close it once nobody iterates over members.
  [[nodiscard]] enqueue_status enqueue(connection& c, const protocol::encoded_frame_ptr& frame,
                                       actors::room_delivery::loss allowed = actors::room_delivery::loss::never);
  /// Whether so many bytes more fit into its outbox, sending first if they do not.
  bool make_room_for(connection& c, std::size_t bytes);
  /// Ends the session at once and the socket once `last` is sent; without `last` the reason's own close frame.
  void begin_closing(connection& c, protocol::close_reason reason, protocol::encoded_frame_ptr last = nullptr);
  /// To a request that http_routes::api has left open. Of one that waits no more: nothing.
  void answer(const actors::connection_id& who, const http_page& page);
  /// Takes no more connections, and closes the WebSockets with 1012, so many per second. Once; later calls do nothing.
  void drain(listening_socket& door, std::size_t per_second);
  /// Closes every socket and calls back when the last one is gone.
  void close_all(std::function<void()> when_gone);
  std::uint16_t index() const noexcept { return table_.worker(); }
  connection_table& table() noexcept { return table_; }
  /// nullptr before attach().
  actors::connection_supervisor* supervisor() const noexcept {
    return services_.empty() ? nullptr : services_.back()->supervisor.get();
  }
  room_membership& membership() noexcept { return membership_; }
  /// Notes the connection's messages from here on, until it ends or `wanted` is false.
  void tap(connection& c, bool wanted);
  const frame_taps& taps() const noexcept { return taps_; }
  quarter_ticks now_ticks() const noexcept;
  std::uint64_t seconds_in_phase(const connection& c) const noexcept { return (now_ticks() - c.phase_since) / 4; }
  std::uint32_t inbound_window() const noexcept { return config_.connections.inbound_window; }
  /// Entries of the deadline wheel; one of a socket that is gone stays until it is due. Any thread.
  std::size_t deadlines_armed() const noexcept { return checks_.armed(); }

private:
  // life of a connection: socket_worker.cpp
  void check_deadline(connection& c);
  void open(connection& c, const http_outcome& upgraded);
  void end_session(connection& c);
  void remember(connection& c, const http_outcome& upgraded);
  void release(connection& c, protocol::close_reason reason);
  void schedule_check(connection& c);
  void set_interest(connection& c, std::uint32_t events);
  poll_key key_of(const connection& c) const noexcept { return {c.session.id.slot, c.session.id.generation}; }

  void close_some(std::size_t count); // socket_drain.cpp

  // HTTP: socket_http.cpp
  void take_http(connection& c, std::span<char>& bytes);
  void ask(connection& c, http_outcome& outcome);
  void answer(connection& c, const http_page& page);
  void answer_last(connection& c, const http_page& page);
  void answer_too_late(connection& c);
  void await_next_request(connection& c);
  void readable_too_early(connection& c);
  void end_http(connection& c);
  void stop_http(connection& c);
  void enqueue_text(connection& c, std::string_view text);

  // the way in: socket_input.cpp
  void readable(connection& c);
  void take_unread(connection& c);
  void take_bytes(connection& c, std::span<char> bytes, std::unique_ptr<std::string> held = nullptr);
  void take_frames(connection& c, std::span<char>& bytes);
  void take_frame(connection& c, const protocol::frame_item& item, bool is_last);
  void take_message(connection& c, const protocol::frame_item& item, bool is_last);
  bool answer_heartbeat(connection& c, const protocol::message_view& message);
  void watch_assembly(connection& c);
  bool has_backlog(const connection& c) const noexcept;

  // the way out: socket_output.cpp
  void enqueue_last(connection& c, protocol::encoded_frame_ptr frame);
  void mark_dirty(connection& c);
  bool make_room(connection& c);
  void flush(connection& c);
  void output_taken(connection& c, ssize_t sent);
  void drained(connection& c);
  std::size_t take_off(connection& c, std::size_t bytes);
  void drop_unsent(connection& c);
  void reopen_windows();

  const gateway_config& config_;
  const http_routes& routes_;
  admission& door_;
  session_directory& sessions_;
  std::unordered_map<std::uint32_t, actors::client_identity_ptr> identities_; ///< by slot, of those that have one
  poller poller_;
  connection_table table_;
  room_membership membership_;
  frame_taps taps_;
  protocol::decoder decoder_;
  std::unique_ptr<char[]> receive_buffer_;
  batch_sender* sender_ = nullptr;  ///< of the thread that runs us
  std::deque<std::uint32_t> dirty_; ///< slots of those that have output, in the order of their turns to send
  std::vector<poll_key> reopening_; ///< output that held back their input is gone
  std::vector<connection*> ready_;  ///< of those, the ones whose sockets may take it
  const clock::time_point started_;
  clock::time_point now_; ///< as of the last poll
  base::timing_wheel<poll_key> checks_;
  listener* listener_ = nullptr;
  caf::actor_system* system_ = nullptr;
  std::vector<std::unique_ptr<actors::connection_services>> services_; ///< the last is current, others may be in use
  std::function<void()> when_gone_;
  bool is_draining_ = false;
};

} // namespace lintel::gateway
