#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace lintel::actors {

/// How long actors were away: from the order of a kill, or the end of the handler that crashed, until the next
/// incarnation was ready for its next letter. Restarts that had to wait (back-off, storm) are not in it: their waits
/// are meant to be. A log-linear histogram; a bucket is 6 % wide. Written and read by any thread, without locks.
class restart_times {
public:
  void record(std::chrono::nanoseconds took) noexcept;

  struct bucket {
    std::uint64_t below_ns = 0; ///< restarts that took less, and not less than the bucket before says
    std::uint64_t count = 0;
  };
  /// Those that are not empty, ascending. Two looks subtracted are what happened between them.
  std::vector<bucket> buckets() const;

private:
  static constexpr std::size_t steps = 16; // per power of two
  static constexpr int bits_max = 36;      // 68 s: longer ones are counted as such
  static constexpr std::size_t bucket_count = (bits_max - 4) * steps + steps;

  static std::size_t index_of(std::uint64_t ns) noexcept;
  static std::uint64_t end_of(std::size_t index) noexcept;

  std::array<std::atomic<std::uint64_t>, bucket_count> counts_{};
};

struct restart_summary {
  std::uint64_t count = 0;
  std::uint64_t p50_ns = 0; ///< upper ends of buckets: never better than the truth; 0 without restarts
  std::uint64_t p99_ns = 0;
  std::uint64_t max_ns = 0;
};
restart_summary summary_of(const std::vector<restart_times::bucket>& buckets) noexcept;

} // namespace lintel::actors
