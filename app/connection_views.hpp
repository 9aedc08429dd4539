#pragma once

#include "app/operations.hpp"
#include "gateway/socket_worker.hpp"

#include <string_view>

namespace lintel::app {

/// A WebSocket with an actor: what operators mean by a connection. On its worker.
inline bool is_open(const gateway::connection& c) { return c.at == gateway::connection::phase::open && c.actor; }

/// On its worker.
connection_view view_of(gateway::connection& c, gateway::socket_worker& sockets);

std::string_view name_of(actors::process_status status);

} // namespace lintel::app
