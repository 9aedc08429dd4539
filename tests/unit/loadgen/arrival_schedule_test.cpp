#include "loadgen/arrival_schedule.hpp"

#include "base/ensure.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace lintel::loadgen;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

std::vector<double> gaps(arrival_schedule schedule, int count) {
  std::vector<double> found;
  for (int i = 0; i < count; ++i) {
    const time_point before = schedule.next();
    schedule.advance();
    found.push_back(seconds(schedule.next() - before));
  }
  return found;
}

} // namespace

TEST_CASE("the first message is due at the start") {
  CHECK(arrival_schedule{{arrivals::even, 10, 1}, start}.next() == start);
}

TEST_CASE("even arrivals keep their rate over a million messages") {
  arrival_schedule schedule{{arrivals::even, 3, 1}, start};
  for (int i = 0; i < 1'000'000; ++i)
    schedule.advance();
  // 1/3 s cannot be written in nanoseconds; adding it a million times would be a third of a
  // millisecond off.
  CHECK(std::abs(seconds(schedule.next() - start) - 1'000'000 / 3.0) < 1e-6);
}

TEST_CASE("Poisson arrivals have the mean and the spread of independent clients") {
  const auto found = gaps(arrival_schedule{{arrivals::poisson, 100, 5}, start}, 50'000);
  double mean = 0;
  for (const double gap : found)
    mean += gap / 50'000;
  double variance = 0;
  for (const double gap : found)
    variance += (gap - mean) * (gap - mean) / 50'000;
  CHECK(mean == Approx(0.01).epsilon(0.02));
  CHECK(std::sqrt(variance) == Approx(0.01).epsilon(0.03)); // exponential: deviation == mean
}

TEST_CASE("one seed is one schedule") {
  const arrival_schedule::shape shape{arrivals::poisson, 100, 9};
  CHECK(gaps(arrival_schedule{shape, start}, 100) == gaps(arrival_schedule{shape, start}, 100));
  CHECK(gaps(arrival_schedule{shape, start}, 100) !=
        gaps(arrival_schedule{{arrivals::poisson, 100, 10}, start}, 100));
}

TEST_CASE("the schedule does not wait for anybody: it depends on nothing but the count") {
  arrival_schedule schedule{{arrivals::even, 1000, 1}, start};
  for (int i = 0; i < 5; ++i)
    schedule.advance();
  CHECK(schedule.next() == start + 5ms);
}

TEST_CASE("a schedule without a rate is refused") {
  CHECK_THROWS_AS((arrival_schedule{{arrivals::even, 0, 1}, start}),
                  lintel::base::broken_invariant);
}
