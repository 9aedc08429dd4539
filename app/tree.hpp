#pragma once

#include "app/control_server.hpp"
#include "app/server_parts.hpp"
#include "supervisors/supervisor_spec.hpp"

namespace lintel::app {

/// The whole server as one literal spec.
///
///   root (rest_for_one)
///    ├─ rooms        (one_for_one)  rooms/0 … rooms/N-1      each: its rooms, dynamic
///    ├─ registry                    topic → room
///    ├─ connections  (one_for_one)  courier/i, connections/i  each: its connections, dynamic
///    ├─ listeners    (one_for_one)  listener/0 … listener/N-1
///    └─ admin                       the control socket
supervisors::supervisor_spec root_spec(server_parts& parts, control_server& control);

} // namespace lintel::app
