#include "loadgen/histogram.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace lintel::loadgen;

namespace {

std::uint64_t exact_percentile(std::vector<std::uint64_t> values, double percent) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(
      std::max(1.0, std::ceil(percent / 100 * static_cast<double>(values.size()))));
  return values[rank - 1];
}

std::vector<std::uint64_t> latencies(std::size_t count) {
  std::mt19937_64 random{7};
  std::lognormal_distribution<double> nanos{13, 2};
  std::vector<std::uint64_t> values(count);
  for (auto& value : values)
    value = static_cast<std::uint64_t>(nanos(random));
  return values;
}

} // namespace

TEST_CASE("a percentile is never below the exact one, and at most 1.6 % above it") {
  const auto values = latencies(20'000);
  histogram measured;
  for (const auto value : values)
    measured.record(value);
  for (const double percent : {0.0, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto exact = exact_percentile(values, percent);
    CAPTURE(percent, exact);
    CHECK(measured.percentile(percent) >= exact);
    CHECK(static_cast<double>(measured.percentile(percent)) <=
          static_cast<double>(exact) * (1 + 1.0 / 64) + 1);
  }
}

TEST_CASE("values below 64 are counted exactly") {
  histogram measured;
  for (std::uint64_t value = 0; value < 64; ++value)
    measured.record(value);
  CHECK(measured.percentile(50) == 31);
  CHECK(measured.percentile(100) == 63);
}

TEST_CASE("an empty histogram answers zero") {
  const histogram measured;
  CHECK(measured.percentile(99) == 0);
  CHECK(measured.max() == 0);
  CHECK(measured.mean() == 0);
}

TEST_CASE("the highest percentile is the largest value, not its bucket's bound") {
  histogram measured;
  measured.record(std::uint64_t{1'000'003});
  CHECK(measured.percentile(50) == 1'000'003);
  CHECK(measured.max() == 1'000'003);
}

TEST_CASE("merging two histograms is recording everything into one") {
  histogram left, right, both;
  for (const auto value : latencies(1000)) {
    (value % 2 == 0 ? left : right).record(value);
    both.record(value);
  }
  left.merge(right);
  CHECK(left.count() == both.count());
  CHECK(left.mean() == Approx(both.mean()));
  for (const double percent : {10.0, 50.0, 99.0})
    CHECK(left.percentile(percent) == both.percentile(percent));
}

TEST_CASE("values beyond the range count as its end instead of corrupting memory") {
  histogram measured;
  measured.record(~std::uint64_t{0});
  measured.record(nanoseconds{-5});
  CHECK(measured.count() == 2);
  CHECK(measured.max() == (std::uint64_t{1} << histogram::value_bits_max) - 1);
  CHECK(measured.percentile(50) == 0);
}

TEST_CASE("a histogram survives the trip between threads") {
  histogram sent;
  for (const auto value : latencies(100))
    sent.record(value);
  archive_writer out;
  sent.save(out);
  const std::string bytes = out.take();
  archive_reader in{bytes};
  histogram received;
  received.load(in);
  CHECK(in.is_at_end());
  CHECK(received.count() == sent.count());
  CHECK(received.percentile(90) == sent.percentile(90));
}
