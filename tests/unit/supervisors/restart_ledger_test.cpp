#include "supervisors/restart_ledger.hpp"

#include "base/ensure.hpp"
#include <catch2/catch.hpp>
#include <set>

using namespace lintel;
using namespace std::chrono_literals;
using supervisors::failure;
using supervisors::restart_ledger;
using action = supervisors::verdict::action;

namespace {

constexpr restart_ledger::time_point epoch{1h};
constexpr std::uint64_t alice = 1;
constexpr std::uint64_t bob = 2;

restart_ledger without_jitter() { return restart_ledger{{.jitter = 0.0}, 1}; }

void crash_times(restart_ledger& ledger, std::uint64_t child, int times) {
  for (int i = 0; i < times; ++i)
    REQUIRE(ledger.failed(child, failure::crash, epoch).what != action::give_up);
}

} // namespace

TEST_CASE("the first crash restarts at once") {
  auto ledger = without_jitter();
  const auto verdict = ledger.failed(alice, failure::crash, epoch);
  CHECK(verdict.what == action::restart_now);
  CHECK(verdict.delay == 0ns);
}

TEST_CASE("crashes in a row back off 0, 50, 200, 800, 3200 ms and the sixth gives up") {
  auto ledger = without_jitter();
  REQUIRE(ledger.failed(alice, failure::crash, epoch).what == action::restart_now);
  for (const auto delay : {50ms, 200ms, 800ms, 3200ms}) {
    const auto verdict = ledger.failed(alice, failure::crash, epoch);
    CHECK(verdict.what == action::restart_after);
    CHECK(verdict.delay == delay);
  }
  CHECK(ledger.failed(alice, failure::crash, epoch + 10s).what == action::give_up);
}

TEST_CASE("a crash older than the window is neither counted nor a step of the back-off") {
  auto ledger = without_jitter();
  crash_times(ledger, alice, 5);
  const auto verdict = ledger.failed(alice, failure::crash, epoch + 10s + 1ns);
  CHECK(verdict.what == action::restart_now);
  CHECK(ledger.restarts_left(alice, epoch + 10s + 1ns) == 4);
}

TEST_CASE("the last step of the back-off holds for the crashes beyond it") {
  restart_ledger ledger{{.count_max = 4, .back_off = {0ms, 10ms}, .jitter = 0.0}, 1};
  crash_times(ledger, alice, 3);
  CHECK(ledger.failed(alice, failure::crash, epoch).delay == 10ms);
}

TEST_CASE("without a back-off every crash restarts at once until the budget is spent") {
  restart_ledger ledger{{.count_max = 2, .back_off = {}}, 1};
  CHECK(ledger.failed(alice, failure::crash, epoch).what == action::restart_now);
  CHECK(ledger.failed(alice, failure::crash, epoch).what == action::restart_now);
  CHECK(ledger.failed(alice, failure::crash, epoch).what == action::give_up);
}

TEST_CASE("with a budget of nought the first crash gives up") {
  restart_ledger ledger{{.count_max = 0}, 1};
  CHECK(ledger.restarts_left(alice, epoch) == 0);
  CHECK(ledger.failed(alice, failure::crash, epoch).what == action::give_up);
  CHECK(ledger.restarts_left(alice, epoch) == 0);
}

TEST_CASE("jitter stays within a fifth of the delay, on both sides, and never repeats itself") {
  restart_ledger ledger{{.count_max = 1, .back_off = {1000ms}}, 42};
  std::set<std::chrono::nanoseconds> delays;
  for (std::uint64_t child = 0; child < 1'000; ++child) {
    const auto verdict = ledger.failed(child, failure::crash, epoch);
    REQUIRE(verdict.what == action::restart_after);
    REQUIRE(verdict.delay >= 800ms);
    REQUIRE(verdict.delay <= 1200ms);
    delays.insert(verdict.delay);
  }
  CHECK(delays.size() > 990);
  CHECK(*delays.begin() < 820ms);
  CHECK(*delays.rbegin() > 1180ms);
}

TEST_CASE("one seed gives one sequence of delays") {
  restart_ledger first{{.back_off = {100ms}}, 7};
  restart_ledger same{{.back_off = {100ms}}, 7};
  restart_ledger other{{.back_off = {100ms}}, 8};
  const auto delay = first.failed(alice, failure::crash, epoch).delay;
  CHECK(same.failed(alice, failure::crash, epoch).delay == delay);
  CHECK(other.failed(alice, failure::crash, epoch).delay != delay);
}

TEST_CASE("a kill restarts at once, spends nothing and leaves no entry") {
  auto ledger = without_jitter();
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(ledger.failed(alice, failure::kill, epoch).what == action::restart_now);
  CHECK(ledger.size() == 0);
  CHECK(ledger.restarts_left(alice, epoch) == 5);
}

TEST_CASE("a kill restarts at once even when the crashes have spent the budget") {
  auto ledger = without_jitter();
  crash_times(ledger, alice, 5);
  CHECK(ledger.failed(alice, failure::kill, epoch).what == action::restart_now);
  CHECK(ledger.failed(alice, failure::crash, epoch).what == action::give_up);
}

TEST_CASE("a child that spends its budget leaves its siblings untouched") {
  auto ledger = without_jitter();
  crash_times(ledger, alice, 5);
  REQUIRE(ledger.failed(alice, failure::crash, epoch).what == action::give_up);
  CHECK(ledger.restarts_left(alice, epoch) == 0);
  CHECK(ledger.restarts_left(bob, epoch) == 5);
  CHECK(ledger.failed(bob, failure::crash, epoch).what == action::restart_now);
}

TEST_CASE("a child that is forgotten comes back with a full budget") {
  auto ledger = without_jitter();
  crash_times(ledger, alice, 5);
  ledger.forget(alice);
  CHECK(ledger.size() == 0);
  CHECK(ledger.restarts_left(alice, epoch) == 5);
}

TEST_CASE("a sweep drops the children whose crashes are past and keeps the others") {
  auto ledger = without_jitter();
  crash_times(ledger, alice, 3);
  REQUIRE(ledger.failed(bob, failure::crash, epoch + 5s).what == action::restart_now);
  ledger.sweep(epoch + 10s);
  CHECK(ledger.size() == 2);
  ledger.sweep(epoch + 12s);
  CHECK(ledger.size() == 1);
  CHECK(ledger.restarts_left(bob, epoch + 12s) == 4);
}

TEST_CASE("a budget that makes no sense is a broken promise") {
  CHECK_THROWS_AS((restart_ledger{{.window = 0s}, 1}), base::broken_invariant);
  CHECK_THROWS_AS((restart_ledger{{.jitter = 1.5}, 1}), base::broken_invariant);
  CHECK_THROWS_AS((restart_ledger{{.back_off = {-1ms}}, 1}), base::broken_invariant);
}

TEST_CASE("a verdict says how many restarts are left after it") {
  auto ledger = without_jitter();
  for (const std::uint32_t left : {4u, 3u, 2u, 1u, 0u})
    CHECK(ledger.failed(alice, failure::crash, epoch).restarts_left == left);
  CHECK(ledger.failed(alice, failure::crash, epoch).restarts_left == 0);
  CHECK(ledger.failed(bob, failure::crash, epoch).restarts_left == 4);
  CHECK(ledger.failed(bob, failure::kill, epoch).restarts_left == supervisors::verdict::no_limit); // it spends none
}
