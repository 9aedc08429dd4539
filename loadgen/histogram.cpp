#include "loadgen/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace lintel::loadgen {

namespace {

constexpr std::uint64_t value_max = (std::uint64_t{1} << histogram::value_bits_max) - 1;
constexpr std::uint64_t linear_count = std::uint64_t{1} << histogram::linear_bits;

std::size_t bucket_of(std::uint64_t value) noexcept {
  if (value < linear_count)
    return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - histogram::linear_bits;
  return (std::size_t{shift} << histogram::linear_bits) + (value >> shift);
}

std::uint64_t highest_in(std::size_t bucket) noexcept {
  if (bucket < linear_count)
    return bucket;
  const auto shift = (bucket >> histogram::linear_bits) - 1;
  const std::uint64_t lowest = (bucket - (shift << histogram::linear_bits)) << shift;
  return lowest + (std::uint64_t{1} << shift) - 1;
}

} // namespace

void histogram::record(std::uint64_t value) noexcept {
  value = std::min(value, value_max);
  ++buckets_[bucket_of(value)];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void histogram::merge(const histogram& other) noexcept {
  for (std::size_t i = 0; i < bucket_count; ++i)
    buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double histogram::mean() const noexcept {
  return count_ == 0 ? 0.0 : sum_ / static_cast<double>(count_);
}

std::uint64_t histogram::percentile(double percent) const noexcept {
  if (count_ == 0)
    return 0;
  const double share = std::clamp(percent, 0.0, 100.0) / 100.0;
  const auto rank = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t passed = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    passed += buckets_[i];
    if (passed >= rank)
      return std::min(highest_in(i), max_);
  }
  return max_;
}

void histogram::save(archive_writer& out) const {
  out.put(buckets_);
  out.put(count_);
  out.put(max_);
  out.put(sum_);
}

void histogram::load(archive_reader& in) {
  in.get(buckets_);
  base::ensure(buckets_.size() == bucket_count, "a histogram travels with all its buckets");
  in.get(count_);
  in.get(max_);
  in.get(sum_);
}

} // namespace lintel::loadgen
