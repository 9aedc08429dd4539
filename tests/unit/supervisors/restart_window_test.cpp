#include "supervisors/restart_window.hpp"

#include "base/ensure.hpp"
#include <catch2/catch.hpp>

using namespace lintel;
using namespace std::chrono_literals;
using supervisors::restart_window;

namespace {

constexpr restart_window::time_point epoch{1h};

bool record_times(restart_window& window, int times, restart_window::time_point now) {
  bool allowed = true;
  for (int i = 0; i < times; ++i)
    allowed = window.record(now) && allowed;
  return allowed;
}

} // namespace

TEST_CASE("R3: as many restarts as the limit says are allowed, one more is too many") {
  restart_window window{{.count_max = 3, .window = 5s}};
  CHECK(record_times(window, 3, epoch));
  CHECK_FALSE(window.record(epoch + 1s));
}

TEST_CASE("R3: with a limit of nought the first restart is too many") {
  restart_window window{{.count_max = 0, .window = 5s}};
  CHECK_FALSE(window.record(epoch));
  CHECK(window.count(epoch) == 0);
}

TEST_CASE("R4: a restart exactly one window ago still counts, a nanosecond later it does not") {
  restart_window window{{.count_max = 1, .window = 5s}};
  REQUIRE(window.record(epoch));
  CHECK_FALSE(window.record(epoch + 5s));
  CHECK(window.record(epoch + 5s + 1ns));
}

TEST_CASE("a restart that was refused is not held against the next one") {
  restart_window window{{.count_max = 1, .window = 5s}};
  REQUIRE(window.record(epoch));
  REQUIRE_FALSE(window.record(epoch + 4s));
  CHECK(window.record(epoch + 6s));
}

TEST_CASE("the window slides: only the restart count_max ago decides") {
  restart_window window{{.count_max = 2, .window = 10s}};
  REQUIRE(window.record(epoch));
  REQUIRE(window.record(epoch + 8s));
  REQUIRE(window.record(epoch + 11s));         // the first is 11 s ago
  CHECK_FALSE(window.record(epoch + 17s));     // 8 s and 11 s are both within 10 s
  CHECK(window.record(epoch + 18s + 1ns));
}

TEST_CASE("multiple_restarts: restarts slower than the limit never add up") {
  restart_window window{{.count_max = 1, .window = 1s}};
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(window.record(epoch + i * 1100ms));
}

TEST_CASE("a window counts what is inside it, also after the ring went round") {
  restart_window window{{.count_max = 3, .window = 10s}};
  for (const auto at : {0s, 1s, 2s, 11s, 12s})
    REQUIRE(window.record(epoch + at));
  CHECK(window.count(epoch + 12s) == 3);
  CHECK(window.count(epoch + 13s) == 2);
  CHECK(window.count(epoch + 22s) == 1);
  CHECK_FALSE(window.is_idle(epoch + 22s));
  CHECK(window.is_idle(epoch + 22s + 1ns));
}

TEST_CASE("a cleared window is as good as new") {
  restart_window window{{.count_max = 2, .window = 5s}};
  REQUIRE(record_times(window, 2, epoch));
  window.clear();
  CHECK(window.is_idle(epoch));
  CHECK(record_times(window, 2, epoch));
  CHECK_FALSE(window.record(epoch));
}

TEST_CASE("a window of no length is a broken promise") {
  CHECK_THROWS_AS((restart_window{{.count_max = 1, .window = 0ns}}), base::broken_invariant);
}

TEST_CASE("with another limit the latest restarts count on") {
  const auto at = [](int seconds) { return restart_window::time_point{std::chrono::seconds{seconds}}; };
  restart_window window{{.count_max = 3, .window = std::chrono::seconds{100}}};
  for (int second : {1, 2, 3})
    REQUIRE(window.record(at(second)));
  window.change({.count_max = 2, .window = std::chrono::seconds{10}});
  CHECK(window.count(at(12)) == 2);
  CHECK_FALSE(window.record(at(12)));
  CHECK(window.record(at(13)));
  window.change({.count_max = 4, .window = std::chrono::seconds{10}});
  CHECK(window.record(at(13)));
  CHECK(window.record(at(13)));
  CHECK_FALSE(window.record(at(13)));
}
