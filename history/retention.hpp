#pragma once

#include <chrono>
#include <cstdint>

namespace lintel::history {

/// How much of a topic is kept: what is beyond any of these goes, oldest first.
struct retention {
  std::uint64_t count_max = 100;
  std::chrono::seconds age_max{600};
  std::uint64_t bytes_max = 1 << 20; ///< of events and payloads

  friend bool operator==(const retention&, const retention&) = default;
};

} // namespace lintel::history
