#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace lintel::base {

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
    /// What was measured since `before`, an earlier look at the same histogram. Its longest is known exactly if it is
    /// the longest of all time; else it is the bound of the last bucket that something fell into.
    snapshot since(const snapshot& before) const noexcept;
  };
  snapshot read() const noexcept;

private:
  std::array<std::atomic<std::uint64_t>, bucket_count> buckets_{};
  std::atomic<std::uint64_t> sum_us_{0};
  std::atomic<std::uint64_t> max_us_{0};
};

inline std::uint64_t latency_histogram::snapshot::count() const noexcept {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

inline std::uint64_t latency_histogram::snapshot::quantile_us(double which) const noexcept {
  const auto rank = static_cast<std::uint64_t>(std::ceil(which * static_cast<double>(count())));
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    before += buckets[i];
    if (before >= rank && before > 0)
      return i + 1 == bucket_count ? max_us : std::min(bound_us(i), max_us);
  }
  return 0;
}

inline latency_histogram::snapshot& latency_histogram::snapshot::operator+=(const snapshot& other) noexcept {
  for (std::size_t i = 0; i < bucket_count; ++i)
    buckets[i] += other.buckets[i];
  sum_us += other.sum_us;
  max_us = std::max(max_us, other.max_us);
  return *this;
}

inline latency_histogram::snapshot latency_histogram::snapshot::since(const snapshot& before) const noexcept {
  snapshot more = *this;
  for (std::size_t i = 0; i < bucket_count; ++i)
    more.buckets[i] -= std::min(before.buckets[i], buckets[i]);
  more.sum_us -= std::min(before.sum_us, sum_us);
  if (max_us > before.max_us)
    return more;
  std::size_t used = bucket_count;
  while (used > 0 && more.buckets[used - 1] == 0)
    --used;
  more.max_us = used == 0 ? 0 : used == bucket_count ? max_us : std::min(bound_us(used - 1), max_us);
  return more;
}

inline latency_histogram::snapshot latency_histogram::read() const noexcept {
  snapshot now;
  for (std::size_t i = 0; i < bucket_count; ++i)
    now.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
  now.sum_us = sum_us_.load(std::memory_order_relaxed);
  now.max_us = max_us_.load(std::memory_order_relaxed);
  return now;
}

} // namespace lintel::base
