#include "loadgen/server_watch.hpp"

#include <filesystem>

namespace lintel::loadgen {

server_watch server_watch::open(const scenario& wanted) {
  server_watch watch;
  const bool needs_control = !wanted.server_pid || wanted.kind == scenario_kind::chaos ||
                             wanted.kind == scenario_kind::million || wanted.kind == scenario_kind::churn;
  if (wanted.control_path)
    watch.control.emplace(*wanted.control_path);
  else if (needs_control && std::filesystem::is_socket(default_control_path))
    watch.control.emplace(default_control_path);

  if (wanted.server_pid)
    watch.process.emplace(*wanted.server_pid);
  else if (watch.control)
    watch.process.emplace(watch.control->counters().pid);
  else
    watch.why_unwatched = "no figures of the server's memory and CPU: give --server-pid PID or "
                          "--control PATH";
  return watch;
}

} // namespace lintel::loadgen
