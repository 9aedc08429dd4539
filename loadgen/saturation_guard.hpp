#pragma once

#include "loadgen/clock.hpp"
#include "loadgen/traffic.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace lintel::loadgen {

/// How busy the generator itself was; of the busiest thread where there are several.
struct generator_load {
  traffic_plan::loop how = traffic_plan::loop::open;
  double cpu_share = 0; ///< of one core, over the measured stretch
  nanoseconds lateness_p99{};
  nanoseconds loop_lag_p99{};
  std::uint64_t unread_bytes_p99 = 0;
};

/// When a figure would describe the generator and not the server.
///
/// Open loop (and silence): latency is the figure, so the generator must have had time to spare: at
/// most 90 % of a core, sends at most 10 ms late and ticks at most 20 ms late at p99. Closed loop:
/// the machine is meant to be full and the figure is server CPU per delivery, so a busy core proves
/// nothing. But the generator must keep up with reading: at most 64 KiB unread in a socket and
/// ticks at most 100 ms late at p99. Above that the server wrote into full buffers, which is
/// another workload.
struct saturation_guard {
  static constexpr double cpu_share_max = 0.9;
  static constexpr nanoseconds lateness_max = std::chrono::milliseconds{10};
  static constexpr nanoseconds open_loop_lag_max = std::chrono::milliseconds{20};
  static constexpr nanoseconds closed_loop_lag_max = std::chrono::milliseconds{100};
  static constexpr std::uint64_t unread_bytes_max = 64 * 1024;

  /// Why performance figures must not be reported; none: they may.
  static std::optional<std::string> objection(const generator_load& load);
};

} // namespace lintel::loadgen
