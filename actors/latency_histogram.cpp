#include "actors/latency_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lintel::actors {

std::uint64_t latency_histogram::snapshot::count() const noexcept {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

std::uint64_t latency_histogram::snapshot::quantile_us(double which) const noexcept {
  const auto rank = static_cast<std::uint64_t>(std::ceil(which * static_cast<double>(count())));
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    before += buckets[i];
    if (before >= rank && before > 0)
      return i + 1 == bucket_count ? max_us : std::min(bound_us(i), max_us);
  }
  return 0;
}

latency_histogram::snapshot& latency_histogram::snapshot::operator+=(const snapshot& other) noexcept {
  for (std::size_t i = 0; i < bucket_count; ++i)
    buckets[i] += other.buckets[i];
  sum_us += other.sum_us;
  max_us = std::max(max_us, other.max_us);
  return *this;
}

latency_histogram::snapshot latency_histogram::snapshot::since(const snapshot& before) const noexcept {
  snapshot more = *this;
  for (std::size_t i = 0; i < bucket_count; ++i)
    more.buckets[i] -= std::min(before.buckets[i], buckets[i]);
  more.sum_us -= std::min(before.sum_us, sum_us);
  return more;
}

latency_histogram::snapshot latency_histogram::read() const noexcept {
  snapshot now;
  for (std::size_t i = 0; i < bucket_count; ++i)
    now.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
  now.sum_us = sum_us_.load(std::memory_order_relaxed);
  now.max_us = max_us_.load(std::memory_order_relaxed);
  return now;
}

} // namespace lintel::actors
