#include "actors/connection_supervisor.hpp"

#include "base/bounded_writer.hpp"

namespace lintel::actors {

connection_supervisor::connection_supervisor(caf::actor_config& config, std::uint16_t worker,
                                             supervisors::restart_budget budget, close_all_function close_all,
                                             supervisors::storm_limits storm)
    : light_process(config, worker), budget_(std::move(budget)), close_all_(std::move(close_all)),
      pacer_(std::make_shared<restart_pacer>("connections/" + std::to_string(worker), pool(), storm)) {
  begin_incarnation(); // children may crash before our first letter arrives
}

std::size_t connection_supervisor::write_name(std::span<char> into) const noexcept {
  return base::bounded_writer{into}.text("connections/").number(home()).size();
}

void connection_supervisor::begin_incarnation() { ledger_.emplace(budget_, id()); }

supervisors::verdict connection_supervisor::judge(std::uint64_t child, supervisors::failure how) {
  const auto decided = ledger_->failed(child, how, worker::current()->turn_time());
  if (decided.what != supervisors::verdict::action::give_up)
    child_restarts_.fetch_add(1, std::memory_order_relaxed);
  return decided;
}

std::uint32_t connection_supervisor::restarts_left(std::uint64_t child) {
  return ledger_->restarts_left(child, worker::current()->turn_time());
}

void connection_supervisor::forget(std::uint64_t child) { ledger_->forget(child); }

handled connection_supervisor::handle(letter_ptr&) {
  pool().count(counter::unhandled);
  return handled::done;
}

// Ordered shutdown: the sockets first, then this process. Whoever stops us has a time limit, we need none.
bool connection_supervisor::agrees_to_end(const caf::error&) {
  if (!is_draining_) {
    is_draining_ = true;
    close_all_([self = process_ptr<connection_supervisor>{this}] { self->stop(); });
  }
  return false;
}

} // namespace lintel::actors
