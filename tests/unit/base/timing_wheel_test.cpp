#include "base/timing_wheel.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <vector>

using namespace std::chrono_literals;

namespace {

using wheel = lintel::base::timing_wheel<int>;
using time_point = wheel::clock::time_point;

constexpr auto tick = 10ms;
const time_point start{1000h};

std::vector<int> fired_at(wheel& w, time_point now) {
  std::vector<int> fired;
  w.advance(now, [&](int token) { fired.push_back(token); });
  return fired;
}

} // namespace

TEST_CASE("a deadline never fires early and at most a tick late") {
  for (const auto offset : {1ns, 9'999'999ns, 10'000'000ns, 10'000'001ns, 35'000'000ns}) {
    wheel w{tick, 8, start};
    w.arm(start + offset, 1);
    CHECK(fired_at(w, start + offset - 1ns).empty());
    CHECK(fired_at(w, start + offset + tick).size() == 1);
  }
}

TEST_CASE("a deadline on a tick fires on that tick") {
  wheel w{tick, 8, start};
  w.arm(start + 3 * tick, 1);
  CHECK(fired_at(w, start + 3 * tick - 1ns).empty());
  CHECK(fired_at(w, start + 3 * tick) == std::vector{1});
}

TEST_CASE("a deadline that has passed fires with the next tick") {
  wheel w{tick, 8, start};
  w.arm(start - 1h, 1);
  CHECK(w.next_due() == start + tick);
  CHECK(fired_at(w, start + tick) == std::vector{1});
}

TEST_CASE("a deadline several turns of the wheel away fires in its own turn") {
  wheel w{tick, 8, start};
  w.arm(start + 27 * tick, 27);
  w.arm(start + 3 * tick, 3);
  CHECK(fired_at(w, start + 3 * tick) == std::vector{3});
  CHECK(fired_at(w, start + 26 * tick).empty());
  CHECK(w.armed() == 1);
  CHECK(fired_at(w, start + 27 * tick) == std::vector{27});
  CHECK(w.armed() == 0);
}

TEST_CASE("an advance over many turns fires everything that is due, oldest tick first") {
  wheel w{tick, 8, start};
  for (const int at : {19, 3, 11, 40})
    w.arm(start + at * tick, at);
  CHECK(fired_at(w, start + 39 * tick) == std::vector{3, 11, 19});
  CHECK(w.armed() == 1);
}

TEST_CASE("what a firing token arms for the past fires with the next tick, not again and again") {
  wheel w{tick, 8, start};
  w.arm(start + tick, 0);
  int fired = 0;
  const auto fire = [&](int) {
    ++fired;
    w.arm(start, fired);
  };
  w.advance(start + tick, fire);
  CHECK(fired == 1);
  w.advance(start + 4 * tick, fire);
  CHECK(fired == 4);
  CHECK(w.armed() == 1);
}

TEST_CASE("a token armed for a whole turn later while its bucket fires waits for that turn") {
  wheel w{tick, 8, start};
  w.arm(start + tick, 0);
  w.advance(start + tick, [&](int) { w.arm(start + 9 * tick, 9); });
  CHECK(fired_at(w, start + 8 * tick).empty());
  CHECK(fired_at(w, start + 9 * tick) == std::vector{9});
}

TEST_CASE("a wheel of one bucket still tells its ticks apart") {
  wheel w{tick, 1, start};
  w.arm(start + 2 * tick, 2);
  w.arm(start + tick, 1);
  CHECK(fired_at(w, start + tick) == std::vector{1});
  CHECK(fired_at(w, start + 2 * tick) == std::vector{2});
}

TEST_CASE("an empty wheel has nothing due and follows the clock for free") {
  wheel w{tick, 8, start};
  CHECK(w.next_due() == std::nullopt);
  CHECK(fired_at(w, start + 24h).empty());
  w.arm(start + 24h + 5ms, 1);
  CHECK(w.next_due() == start + 24h + tick);
}

TEST_CASE("next_due never comes after the first deadline's tick") {
  wheel w{tick, 8, start};
  w.arm(start + 5 * tick, 5);
  w.arm(start + 30 * tick, 30);
  CHECK(w.next_due() == start + 5 * tick);
  fired_at(w, start + 5 * tick);
  REQUIRE(w.next_due());
  CHECK(*w.next_due() <= start + 30 * tick); // a turn early is a look too many, late would be a fault
  CHECK(*w.next_due() > start + 5 * tick);
}

TEST_CASE("time that goes backwards fires nothing") {
  wheel w{tick, 8, start};
  w.arm(start + 2 * tick, 2);
  CHECK(fired_at(w, start + tick).empty());
  CHECK(fired_at(w, start - 1h).empty());
  CHECK(fired_at(w, start + 2 * tick) == std::vector{2});
}

TEST_CASE("a random wheel fires what a sorted list says, in the window it promises") {
  const auto seed = GENERATE(1u, 2u, 3u, 4u);
  INFO("seed " << seed);
  std::mt19937 random{seed};
  wheel w{tick, 1 + random() % 32, start};
  std::multimap<time_point, int> oracle; // by deadline
  std::vector<time_point> due;
  auto now = start;
  const auto arm = [&] {
    const auto wanted = now + std::chrono::microseconds{static_cast<long>(random() % 900'000)} - 20ms;
    const auto deadline = std::max(wanted, now); // what is over when it is armed counts from then
    oracle.emplace(deadline, static_cast<int>(due.size()));
    w.arm(wanted, static_cast<int>(due.size()));
    due.push_back(deadline);
  };
  for (int round = 0; round < 2000; ++round) {
    for (auto n = random() % 4; n > 0; --n)
      arm();
    const auto wheel_said = w.next_due();
    if (!oracle.empty())
      REQUIRE(wheel_said.value() <= std::max(oracle.begin()->first, now) + tick);
    now += std::chrono::microseconds{static_cast<long>(random() % 30'000)};
    int rearm = 0;
    w.advance(now, [&](int token) {
      const auto deadline = due[static_cast<std::size_t>(token)];
      REQUIRE(deadline <= now);
      const auto [first, last] = oracle.equal_range(deadline);
      const auto found = std::find_if(first, last, [&](auto& e) { return e.second == token; });
      REQUIRE(found != last); // once only
      oracle.erase(found);
      if (random() % 8 == 0 && rearm++ < 3)
        arm();
    });
    for (const auto& [deadline, token] : oracle)
      REQUIRE(deadline > now - 2 * tick); // armed while firing: the tick after that
    REQUIRE(w.armed() == oracle.size());
  }
}

TEST_CASE("a wave of deadlines leaves no memory behind in the buckets it went through") {
  wheel w{tick, 64, start};
  for (int turn = 0; turn < 3; ++turn) {
    const auto now = start + 64 * turn * tick;
    (void)fired_at(w, now);
    for (int bucket = 1; bucket <= 60; ++bucket)
      for (int i = 0; i < 1'000; ++i)
        w.arm(now + bucket * tick, i);
    CHECK(w.reserved() >= 60'000);
    CHECK(fired_at(w, now + 63 * tick).size() == 60'000);
    CHECK(w.reserved() <= 64 * 16 + 16);
  }
}
