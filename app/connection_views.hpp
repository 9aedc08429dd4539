#pragma once

#include "actors/last_crashes.hpp"
#include "app/operations.hpp"
#include "gateway/socket_worker.hpp"

namespace lintel::app {

/// A WebSocket with an actor: what operators mean by a connection. On its worker.
inline bool is_open(const gateway::connection& c) { return c.at == gateway::connection::phase::open && c.actor; }

/// On its worker.
connection_view view_of(gateway::connection& c, gateway::socket_worker& sockets);

/// On its worker; of one that is_open().
connection_details details_of(gateway::connection& c, gateway::socket_worker& sockets,
                              const actors::last_crashes& crashes);

} // namespace lintel::app
