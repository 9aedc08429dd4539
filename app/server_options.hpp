#pragma once

#include "app/server_config.hpp"

namespace CLI {
class App;
}

namespace lintel::app {

/// Options of `serve` and their variables, LINTEL_…. `config` has to outlive the parser.
void add_server_options(CLI::App& app, server_config& config);

/// `--config`: its name is put into `file`.
void add_config_file_option(CLI::App& app, std::filesystem::path& file);

/// After the arguments were parsed: reads `file`, if it has a name, and says what holds altogether. Arguments and
/// variables beat the file. `config` is the one that the options of `app` were added with.
/// Throws config_error with everything that is wrong, or std::runtime_error: no such file.
void finish_server_config(CLI::App& app, server_config& config, const std::filesystem::path& file);

} // namespace lintel::app
