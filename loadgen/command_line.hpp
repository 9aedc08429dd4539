#pragma once

#include "loadgen/scenario.hpp"

#include <optional>
#include <variant>

namespace lintel::loadgen {

/// The arguments ask for nothing to be run: help was printed (0), or a mistake explained (2).
struct exit_with {
  int code = 0;
};

/// Reads the arguments; prints help to stdout and mistakes to stderr.
std::variant<scenario, exit_with> read_command_line(int argc, const char* const* argv);

} // namespace lintel::loadgen
