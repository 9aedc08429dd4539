#pragma once

#include "actors/last_crashes.hpp"
#include "actors/light_process.hpp"
#include "supervisors/child_table.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// What operators read about a light process, wherever it stands. Any thread.

std::string_view name_of(actors::process_status status);
std::string_view name_of(supervisors::child_state state);

/// Of a room or a process of the system. `stuck`: who is, by name (actors::watchdog).
std::string_view status_of(const actors::light_process& process, const std::vector<std::string>& stuck);

/// Of a child of the static tree, as its supervisor knows it and as it is.
std::string_view status_of(supervisors::child_state state, const actors::light_process& process,
                           const std::vector<std::string>& stuck);

/// Why the incarnation before ended: "killed", "stuck", "crash: what it said"; empty: there was none.
std::string last_exit_of(const actors::light_process& process, const actors::last_crashes& crashes);

/// Of what kinds its last letters were, newest last. Literals.
std::vector<std::string_view> last_kinds_of(const actors::light_process& process);

} // namespace lintel::app
