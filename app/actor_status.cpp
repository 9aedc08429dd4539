#include "app/actor_status.hpp"

#include <algorithm>

namespace lintel::app {

std::string_view name_of(actors::process_status status) {
  switch (status) {
  case actors::process_status::running: return "up";
  case actors::process_status::waiting: return "waiting";
  case actors::process_status::backing_off: return "backing off";
  case actors::process_status::ended: return "ended";
  case actors::process_status::abandoned: return "abandoned";
  }
  return "?";
}

std::string_view name_of(supervisors::child_state state) {
  switch (state) {
  case supervisors::child_state::up: return "up";
  case supervisors::child_state::starting: return "starting";
  case supervisors::child_state::restarting: return "restarting";
  case supervisors::child_state::stopping: return "stopping";
  case supervisors::child_state::stopped: return "stopped";
  }
  return "?";
}

std::string_view status_of(const actors::light_process& process, const std::vector<std::string>& stuck) {
  const auto status = process.status();
  if (status == actors::process_status::running && process.incarnation() == 0)
    return "starting";
  if (!stuck.empty() && std::ranges::find(stuck, process.name()) != stuck.end())
    return "stuck";
  return name_of(status);
}

std::string_view status_of(supervisors::child_state state, const actors::light_process& process,
                           const std::vector<std::string>& stuck) {
  using supervisors::child_state;
  if (state != child_state::up)
    return name_of(state);
  const bool is_over = process.status() == actors::process_status::ended; // its supervisor has yet to hear of it
  return is_over ? name_of(child_state::restarting) : status_of(process, stuck);
}

std::string last_exit_of(const actors::light_process& process, const actors::last_crashes& crashes) {
  switch (process.last_exit()) {
  case actors::exit_kind::none: return "";
  case actors::exit_kind::killed: return "killed";
  case actors::exit_kind::stuck: return "stuck";
  case actors::exit_kind::crashed: break;
  }
  const auto text = crashes.of(process.name());
  return text.empty() ? "crash" : "crash: " + text;
}

std::vector<std::string_view> last_kinds_of(const actors::light_process& process) {
  std::vector<std::string_view> kinds;
  process.last_letters().for_each([&kinds](actors::letter_kind kind) { kinds.push_back(name_of(kind)); });
  std::ranges::reverse(kinds);
  return kinds;
}

} // namespace lintel::app
