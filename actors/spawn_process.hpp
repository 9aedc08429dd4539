#pragma once

#include "actors/light_process.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

namespace lintel::actors {

// Hidden, so that ~actor_system does not wait for it: its supervisor does.
template <class Process, class... Arguments>
process_ptr<Process> spawn_process(caf::actor_system& system, Arguments&&... arguments) {
  auto handle = system.spawn<Process, caf::hidden + caf::lazy_init>(std::forward<Arguments>(arguments)...);
  return process_ptr<Process>{static_cast<Process*>(caf::actor_cast<caf::abstract_actor*>(handle))};
}

} // namespace lintel::actors
