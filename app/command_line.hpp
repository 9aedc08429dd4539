#pragma once

#include "app/ctl.hpp"
#include "app/server_config.hpp"

#include <cstdint>

namespace lintel::app {

struct command_line {
  enum class action : std::uint8_t { serve, ctl, check_config, done };
  action what = action::done;
  int exit_code = 0; ///< done: --help and --version are 0, a mistake is 2
  server_config server;
  ctl_request ctl;
};

/// Reads arguments, environment (LINTEL_…) and --config; what comes first in this list wins.
/// Prints help and mistakes itself.
command_line parse_command_line(int argc, char** argv);

} // namespace lintel::app
