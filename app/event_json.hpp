#pragma once

#include "actors/actor_events.hpp"

#include <string>

namespace lintel::app {

/// {"spawned":1,"restarted":0,"exited":0,"events":[{"event":"spawn","id":"c0-17-3","incarnation":1}]}, with "reason"
/// where there is one. The counts hold for all, the list for the newest.
std::string json_of(const actors::actor_events::batch& what);

} // namespace lintel::app
