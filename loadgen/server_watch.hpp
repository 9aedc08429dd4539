#pragma once

#include "loadgen/control_client.hpp"
#include "loadgen/scenario.hpp"
#include "loadgen/server_process.hpp"

#include <optional>
#include <string>

namespace lintel::loadgen {

/// The ways we can look into the server, as far as there are any.
struct server_watch {
  std::optional<server_process> process;
  std::optional<control_client> control;
  std::string why_unwatched; ///< empty when `process` is there: else why server figures are missing

  /// The process is --server-pid, or else what the control socket names as its own.
  static server_watch open(const scenario& wanted);
};

inline constexpr const char* default_control_path = "./lintel-data/control.sock";

} // namespace lintel::loadgen
