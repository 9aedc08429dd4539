#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace lintel::actors {

/// Durations in buckets that double: at most 1 us, 2 us, 4 us … 4.2 s, and above. Any thread; nothing is locked, so a
/// reader may see a sum that is one measurement ahead of the buckets.
class latency_histogram {
public:
  static constexpr std::size_t bucket_count = 24;
  /// Upper bound of a bucket in microseconds; the last has none.
  static constexpr std::uint64_t bound_us(std::size_t bucket) noexcept { return std::uint64_t{1} << bucket; }

  void record(std::chrono::nanoseconds took) noexcept {
    const auto us = static_cast<std::uint64_t>(took.count() < 0 ? 0 : took.count()) / 1000;
    const auto bucket = us == 0 ? 0u : static_cast<unsigned>(std::bit_width(us - 1));
    buckets_[bucket < bucket_count ? bucket : bucket_count - 1].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(us, std::memory_order_relaxed);
    auto most = max_us_.load(std::memory_order_relaxed);
    while (us > most && !max_us_.compare_exchange_weak(most, us, std::memory_order_relaxed)) {
    }
  }

  struct snapshot {
    std::array<std::uint64_t, bucket_count> buckets{};
    std::uint64_t sum_us = 0;
    std::uint64_t max_us = 0;
    std::uint64_t count() const noexcept;
    /// The bound of the bucket that the quantile (0 to 1) falls into, at most max_us; 0 when nothing was measured.
    std::uint64_t quantile_us(double which) const noexcept;
    snapshot& operator+=(const snapshot& other) noexcept;
    /// What was measured since `before`, an earlier look at the same histogram. The longest stays that of all time.
    snapshot since(const snapshot& before) const noexcept;
  };
  snapshot read() const noexcept;

private:
  std::array<std::atomic<std::uint64_t>, bucket_count> buckets_{};
  std::atomic<std::uint64_t> sum_us_{0};
  std::atomic<std::uint64_t> max_us_{0};
};

} // namespace lintel::actors
