#pragma once

#include "loadgen/archive.hpp"
#include "loadgen/clock.hpp"

#include <cstdint>
#include <vector>

namespace lintel::loadgen {

/// Counts of values in log-linear buckets: exact below 64, then 64 buckets for every doubling, so a
/// percentile is at most 1/64 (1.6 %) above the true value. 17.5 KiB; values above 2^40 (18 minutes
/// in nanoseconds) count as 2^40. Not thread-safe.
class histogram {
public:
  histogram() : buckets_(bucket_count) {}

  void record(std::uint64_t value) noexcept;
  /// A negative time (clocks cannot run backwards here, but stamps come from the wire) counts as
  /// zero.
  void record(nanoseconds value) noexcept {
    record(static_cast<std::uint64_t>(value.count() < 0 ? 0 : value.count()));
  }

  void merge(const histogram& other) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }
  double mean() const noexcept;

  /// The smallest recorded bucket bound that at least `percent` of all values do not exceed; 0 when
  /// empty.
  std::uint64_t percentile(double percent) const noexcept;

  void save(archive_writer& out) const;
  void load(archive_reader& in);

  static constexpr unsigned linear_bits = 6;
  static constexpr unsigned value_bits_max = 40;
  static constexpr std::size_t bucket_count = (std::size_t{value_bits_max - linear_bits} + 1)
                                              << linear_bits;

private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

} // namespace lintel::loadgen
