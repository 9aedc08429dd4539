#pragma once

#include "actors/role.hpp"
#include "app/ctl.hpp"
#include "app/server_config.hpp"

#include <cstdint>
#include <filesystem>

namespace lintel::app {

/// `lintel token`: whose key, of the server with which data directory.
struct token_request {
  std::filesystem::path data_dir = "./lintel-data";
  actors::role whose = actors::role::admin;
};

struct command_line {
  enum class action : std::uint8_t { serve, ctl, token, check_config, done };
  action what = action::done;
  int exit_code = 0; ///< done: --help and --version are 0, a mistake is 2
  server_config server;
  bool has_file = false; ///< of --config: something to read again
  bool is_json = false;  ///< check_config
  ctl_request ctl;
  token_request token;
};

/// Reads arguments, environment (LINTEL_…) and --config; what comes first in this list wins.
/// Prints help and mistakes in the arguments itself. Throws what finish_server_config() does.
command_line parse_command_line(int argc, char** argv);

} // namespace lintel::app
