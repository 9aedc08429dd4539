#include "actors/restart_times.hpp"

#include <algorithm>
#include <bit>

namespace lintel::actors {

void restart_times::record(std::chrono::nanoseconds took) noexcept {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  counts_[index_of(ns)].fetch_add(1, std::memory_order_relaxed);
}

std::vector<restart_times::bucket> restart_times::buckets() const {
  std::vector<bucket> found;
  for (std::size_t i = 0; i < bucket_count; ++i)
    if (const auto count = counts_[i].load(std::memory_order_relaxed); count > 0)
      found.push_back({end_of(i), count});
  return found;
}

// Below 16 ns a bucket for each; above, the highest bit chooses the row and the four bits after it the column.
std::size_t restart_times::index_of(std::uint64_t ns) noexcept {
  ns = std::min(ns, (std::uint64_t{1} << bits_max) - 1);
  if (ns < steps)
    return ns;
  const auto shift = static_cast<std::size_t>(std::bit_width(ns)) - 5;
  return (shift + 1) * steps + (ns >> shift) - steps;
}

std::uint64_t restart_times::end_of(std::size_t index) noexcept {
  if (index < steps)
    return index + 1;
  return std::uint64_t{steps + index % steps + 1} << (index / steps - 1);
}

restart_summary summary_of(const std::vector<restart_times::bucket>& buckets) noexcept {
  restart_summary found;
  for (const auto& each : buckets)
    found.count += each.count;
  std::uint64_t seen = 0;
  for (const auto& each : buckets) {
    seen += each.count;
    if (found.p50_ns == 0 && seen * 2 >= found.count)
      found.p50_ns = each.below_ns;
    if (found.p99_ns == 0 && seen * 100 >= found.count * 99)
      found.p99_ns = each.below_ns;
    found.max_ns = each.below_ns;
  }
  return found;
}

} // namespace lintel::actors
