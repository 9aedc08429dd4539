#pragma once

#include "actors/light_process.hpp"
#include "base/bounded_writer.hpp"
#include "gateway/listening_socket.hpp"
#include "supervisors/restart_ledger.hpp"

namespace lintel::gateway {

class socket_worker;

/// Accepts the connections of one worker. Killed or crashed, it goes on with the same listening socket: what waits
/// in the kernel's queue is not lost. Ended by its supervisor, it stops listening first: that is what drains.
class listener : public actors::light_process {
public:
  listener(caf::actor_config& config, std::uint16_t worker, socket_worker& sockets, listening_socket& socket,
           supervisors::restart_budget budget);

  /// The worker's poller: somebody waits. On this worker.
  void socket_ready();

  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("listener/").number(home()).size();
  }
  actors::process_class what() const noexcept override { return actors::process_class::listener; }

protected:
  void begin_incarnation() override;
  void end_incarnation() noexcept override;
  actors::handled handle(actors::letter_ptr& mail) override;
  supervisors::verdict failed(const actors::exit_report& report) override;
  bool agrees_to_end(const caf::error& reason) override;

private:
  void accept_waiting();
  void pause_accepting(const std::string& why);

  socket_worker& sockets_;
  listening_socket& socket_;
  supervisors::restart_ledger ledger_;
  bool is_watched_ = false;
  bool is_ready_posted_ = false;
};

} // namespace lintel::gateway
