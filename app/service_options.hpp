#pragma once

#include "app/ctl.hpp"

namespace CLI {
class App;
}

namespace lintel::app {

/// The commands of `lintel ctl` that reach clients: publish, history, presence, reset, disconnect, drain.
void add_service_commands(CLI::App& ctl, ctl_request& request);

} // namespace lintel::app
