#pragma once

#include <chrono>
#include <cstdint>

namespace lintel::loadgen {

/// CLOCK_MONOTONIC: the same everywhere on a machine, so a message stamped by one generator thread
/// can be timed by another.
using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using std::chrono::nanoseconds;

inline std::int64_t to_ns(time_point at) noexcept {
  return std::chrono::duration_cast<nanoseconds>(at.time_since_epoch()).count();
}
inline time_point from_ns(std::int64_t ns) noexcept {
  return time_point{nanoseconds{ns}};
}

inline double seconds(nanoseconds span) noexcept {
  return std::chrono::duration<double>(span).count();
}

} // namespace lintel::loadgen
