#include "actors/restart_times.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using lintel::actors::restart_times;
using lintel::actors::summary_of;

TEST_CASE("without restarts there is nothing to tell") {
  const restart_times times;
  CHECK(times.buckets().empty());
  CHECK(summary_of(times.buckets()).count == 0);
  CHECK(summary_of(times.buckets()).max_ns == 0);
}

TEST_CASE("a time falls below the end of its bucket, which is at most a sixteenth too long") {
  for (std::int64_t ns : {0, 1, 15, 16, 31, 32, 33, 999, 7'800, 123'456'789}) {
    restart_times times;
    times.record(std::chrono::nanoseconds{ns});
    const auto found = times.buckets();
    REQUIRE(found.size() == 1);
    INFO(ns);
    CHECK(found[0].below_ns > static_cast<std::uint64_t>(ns));
    CHECK(found[0].below_ns <= static_cast<std::uint64_t>(ns) + static_cast<std::uint64_t>(ns) / 16 + 1);
  }
}

TEST_CASE("percentiles are those of the restarts, and the longest is the maximum") {
  restart_times times;
  for (int i = 0; i < 980; ++i)
    times.record(5us);
  for (int i = 0; i < 19; ++i)
    times.record(40us);
  times.record(3ms);
  const auto found = summary_of(times.buckets());
  CHECK(found.count == 1000);
  CHECK(found.p50_ns < 5'400);
  CHECK(found.p99_ns > 40'000);
  CHECK(found.p99_ns < 42'600);
  CHECK(found.max_ns > 3'000'000);
}

TEST_CASE("what cannot be is counted all the same: negative as nothing, hours as a minute") {
  restart_times times;
  times.record(-1s);
  times.record(2h);
  const auto found = times.buckets();
  REQUIRE(found.size() == 2);
  CHECK(found[0].below_ns == 1);
  CHECK(found[1].below_ns > 60'000'000'000);
}
