#pragma once

#include "loadgen/clock.hpp"

#include <cstdint>
#include <random>

namespace lintel::loadgen {

enum class arrivals : std::uint8_t {
  even,    ///< one every 1/rate seconds
  poisson, ///< independent clients: exponential gaps with mean 1/rate
};

/// The moments at which an open loop means to send. Fixed before the server answers anything, so a
/// slow server cannot slow its own load down and hide the wait (coordinated omission): latency
/// counts from here.
class arrival_schedule {
public:
  struct shape {
    arrivals how = arrivals::even;
    double rate = 1; ///< messages per second, > 0
    std::uint64_t seed = 1;
  };

  arrival_schedule(const shape& wanted, time_point first);

  /// When the next message is due.
  time_point next() const noexcept { return next_; }

  /// Moves on to the message after it.
  void advance() noexcept;

private:
  shape shape_;
  std::mt19937_64 random_;
  time_point first_;
  time_point next_;
  std::uint64_t sent_ = 0;
};

} // namespace lintel::loadgen
