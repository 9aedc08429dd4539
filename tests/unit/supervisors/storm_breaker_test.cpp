#include "supervisors/storm_breaker.hpp"

#include "base/ensure.hpp"
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace lintel;
using namespace std::chrono_literals;
using supervisors::storm_breaker;
using supervisors::storm_limits;
using alarm_change = storm_breaker::alarm;
using time_point = storm_breaker::time_point;

namespace {

constexpr time_point epoch{1h};
constexpr storm_limits ten_a_second{.restarts_per_second = 10, .burst = 3, .calm = 5s};

/// A breaker in the middle of a storm: one turn has to wait until epoch + 100 ms.
storm_breaker in_a_storm() {
  storm_breaker breaker{ten_a_second};
  for (int i = 0; i < 4; ++i)
    (void)breaker.take_turn(epoch);
  return breaker;
}

} // namespace

TEST_CASE("a crash now and then restarts at once, for ever") {
  storm_breaker breaker{ten_a_second};
  for (auto now = epoch; now < epoch + 1min; now += 100ms) {
    const auto turn = breaker.take_turn(now);
    REQUIRE(turn.at == now);
    REQUIRE(turn.change == alarm_change::unchanged);
  }
  CHECK_FALSE(breaker.is_raised());
}

TEST_CASE("a burst restarts at once, those beyond it one after another at the rate") {
  storm_breaker breaker{ten_a_second};
  std::vector<std::chrono::nanoseconds> waits;
  for (int i = 0; i < 6; ++i)
    waits.push_back(breaker.take_turn(epoch).at - epoch);
  CHECK(waits == std::vector<std::chrono::nanoseconds>{0ms, 0ms, 0ms, 100ms, 200ms, 300ms});
}

TEST_CASE("a burst is available again once the rate has made up for it") {
  auto breaker = in_a_storm();
  const auto later = epoch + 400ms; // four turns taken, four tenths of a second
  for (int i = 0; i < 3; ++i)
    CHECK(breaker.take_turn(later).at == later);
  CHECK(breaker.take_turn(later).at > later);
}

TEST_CASE("a thousand connections that crash together are back within two seconds, and no faster") {
  storm_breaker breaker{{}};
  std::vector<time_point> turns;
  for (int i = 0; i < 1'000; ++i)
    turns.push_back(breaker.take_turn(epoch).at);
  CHECK(std::is_sorted(turns.begin(), turns.end()));
  CHECK(turns.back() == epoch + 1'900ms); // (1000 - 50) / 500 s
}

TEST_CASE("whoever asks when, no stretch of time sees more restarts than burst and rate allow") {
  const storm_limits limits{.restarts_per_second = 100, .burst = 10};
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 dice{seed};
    storm_breaker breaker{limits};
    std::vector<time_point> turns;
    auto now = epoch;
    while (turns.size() < 1'000) {
      now += std::chrono::microseconds{dice() % 3 == 0 ? dice() % 500'000 : dice() % 3'000};
      const auto turn = breaker.take_turn(now);
      REQUIRE(turn.at >= now);
      turns.push_back(turn.at);
    }
    REQUIRE(std::is_sorted(turns.begin(), turns.end()));
    std::size_t too_fast = 0;
    for (std::size_t first = 0; first < turns.size(); ++first)
      for (std::size_t last = first + limits.burst; last < std::min(turns.size(), first + 300); ++last)
        too_fast += turns[last] - turns[first] < (last - first + 1 - limits.burst) * 10ms ? 1U : 0U;
    REQUIRE(too_fast == 0);
  }
}

TEST_CASE("the alarm is raised by the first restart that has to wait, once") {
  storm_breaker breaker{ten_a_second};
  for (int i = 0; i < 3; ++i)
    CHECK(breaker.take_turn(epoch).change == alarm_change::unchanged);
  CHECK(breaker.take_turn(epoch).change == alarm_change::raised);
  CHECK(breaker.take_turn(epoch).change == alarm_change::unchanged);
  CHECK(breaker.is_raised());
  CHECK(breaker.waited() == 2);
}

TEST_CASE("the alarm is cleared when nothing has had to wait for a while, once") {
  auto breaker = in_a_storm();
  REQUIRE(breaker.clears_at() == epoch + 100ms + 5s);
  CHECK(breaker.look(breaker.clears_at() - 1ns) == alarm_change::unchanged);
  CHECK(breaker.look(breaker.clears_at()) == alarm_change::cleared);
  CHECK(breaker.look(breaker.clears_at()) == alarm_change::unchanged);
  CHECK_FALSE(breaker.is_raised());
}

TEST_CASE("a storm that flares up again before it is over is the same storm") {
  auto breaker = in_a_storm();
  const auto again = epoch + 4s;
  for (int i = 0; i < 4; ++i)
    CHECK(breaker.take_turn(again).change == alarm_change::unchanged);
  CHECK(breaker.look(epoch + 5'100ms) == alarm_change::unchanged);
  CHECK(breaker.look(again + 100ms + 5s) == alarm_change::cleared);
}

TEST_CASE("a restart after the calm clears the alarm even if nobody looked") {
  auto breaker = in_a_storm();
  CHECK(breaker.take_turn(epoch + 1min).change == alarm_change::cleared);
  for (int i = 0; i < 3; ++i)
    (void)breaker.take_turn(epoch + 1min);
  CHECK(breaker.is_raised());
  CHECK(breaker.waited() == 1);
}

TEST_CASE("with the limits as they are an alarm ends within ten seconds after its storm") {
  storm_breaker breaker{{}};
  time_point last{};
  for (int i = 0; i < 10'000; ++i)
    last = breaker.take_turn(epoch).at;
  CHECK(breaker.clears_at() <= last + 10s);
}

TEST_CASE("groups share a limit, and each can restart something") {
  const storm_limits all{};
  CHECK(all.shared_by(2).restarts_per_second == 250);
  CHECK(all.shared_by(2).burst == 25);
  CHECK(all.shared_by(1'000).restarts_per_second == 1);
  CHECK(all.shared_by(1'000).burst == 1);
}

TEST_CASE("limits under which nothing would ever restart are refused") {
  CHECK_THROWS_AS((storm_breaker{{.restarts_per_second = 0}}), base::broken_invariant);
  CHECK_THROWS_AS((storm_breaker{{.burst = 0}}), base::broken_invariant);
  CHECK_THROWS_AS((storm_breaker{{.calm = 0s}}), base::broken_invariant);
}

TEST_CASE("a storm knows how many still wait, and since when it is one") {
  storm_breaker breaker{ten_a_second};
  for (int i = 0; i < 3 + 5; ++i)
    (void)breaker.take_turn(epoch); // five have to wait: 100, 200 ... 500 ms
  CHECK(breaker.raised_at() == epoch);
  CHECK(breaker.waiting(epoch) == 5);
  CHECK(breaker.waiting(epoch + 99ms) == 5);
  CHECK(breaker.waiting(epoch + 100ms) == 4);
  CHECK(breaker.waiting(epoch + 450ms) == 1);
  CHECK(breaker.waiting(epoch + 500ms) == 0);
  CHECK(storm_breaker{ten_a_second}.waiting(epoch) == 0);
}
