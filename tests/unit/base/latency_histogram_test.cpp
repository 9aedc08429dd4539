#include "base/latency_histogram.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using lintel::base::latency_histogram;
using namespace std::chrono_literals;

TEST_CASE("a histogram without measurements has no quantiles") {
  const auto empty = latency_histogram{}.read();
  CHECK(empty.count() == 0);
  CHECK(empty.quantile_us(0.5) == 0);
  CHECK(empty.max_us == 0);
}

TEST_CASE("a duration falls into the first bucket whose bound it does not exceed") {
  const auto bucket_of = [](std::chrono::nanoseconds took) {
    latency_histogram h;
    h.record(took);
    const auto now = h.read();
    return std::ranges::find(now.buckets, 1u) - now.buckets.begin();
  };
  CHECK(bucket_of(-5ns) == 0);
  CHECK(bucket_of(0ns) == 0);
  CHECK(bucket_of(1us) == 0);
  CHECK(bucket_of(2us) == 1);
  CHECK(bucket_of(3us) == 2);
  CHECK(bucket_of(4us) == 2);
  CHECK(bucket_of(5us) == 3);
  CHECK(bucket_of(1ms) == 10);
  CHECK(bucket_of(24h) == static_cast<long>(latency_histogram::bucket_count) - 1);
}

TEST_CASE("quantiles are bounds of buckets, and never above the longest measurement") {
  latency_histogram h;
  for (int i = 0; i < 98; ++i)
    h.record(10us);
  h.record(500us);
  h.record(900us);
  const auto now = h.read();
  CHECK(now.count() == 100);
  CHECK(now.sum_us == 98 * 10 + 1400);
  CHECK(now.quantile_us(0.5) == 16);
  CHECK(now.quantile_us(0.99) == 512);
  CHECK(now.quantile_us(1) == 900);
  CHECK(now.max_us == 900);
}

TEST_CASE("histograms of several workers add up") {
  latency_histogram a;
  latency_histogram b;
  a.record(10us);
  b.record(20us);
  b.record(7s);
  auto sum = a.read();
  sum += b.read();
  CHECK(sum.count() == 3);
  CHECK(sum.max_us == 7'000'000);
  CHECK(sum.quantile_us(1) == 7'000'000);
}

TEST_CASE("between two looks the longest is the new record, or the bound of the last bucket that grew") {
  latency_histogram h;
  h.record(900us);
  const auto before = h.read();
  CHECK(before.since(before).max_us == 0);
  h.record(10us);
  CHECK(h.read().since(before).max_us == 16);
  h.record(890us);
  CHECK(h.read().since(before).max_us == 900); // its bucket ends at 1024 us, but nothing was longer than 900 us
  h.record(5ms);
  CHECK(h.read().since(before).max_us == 5000);
  CHECK(h.read().since(before).count() == 3);
}
