#include "actors/stuck_rule.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

using namespace lintel::actors;
using namespace std::chrono_literals;
using action = stuck_finding::action;

namespace {

constexpr stuck_limits limits{.warn = 100ms, .stack = 1s, .abandon = 5s, .abort = 10s};

/// Two workers, and one thread in reserve. Looks every 50 ms, as the overseer does.
class watched_threads {
public:
  explicit watched_threads(stuck_limits what = limits) : rule_(what, 3, 2) {}

  /// Another handler begins there.
  void begin(std::size_t thread) { sights_[thread].job.bits = (++ticket_ << 2) | 2; }
  void end(std::size_t thread) { sights_[thread].job.bits = ++ticket_ << 2; }
  void move_to(std::size_t thread, std::uint16_t worker) { sights_[thread].worker = worker; }

  std::vector<stuck_finding> pass(std::chrono::milliseconds time, std::chrono::milliseconds between = 50ms) {
    std::vector<stuck_finding> due;
    for (const auto until = now_ + time; now_ < until;)
      rule_.look(now_ += between, sights_, due);
    return due;
  }
  bool sees_work() const { return rule_.sees_work(); }

private:
  stuck_rule rule_;
  std::vector<stuck_rule::sight> sights_{{.worker = 0}, {.worker = 1}, {}};
  stuck_rule::time_point now_{1h};
  std::uint64_t ticket_ = 0;
};

std::size_t count(const std::vector<stuck_finding>& due, action what) {
  std::size_t found = 0;
  for (const auto& one : due)
    found += one.due == what ? 1u : 0u;
  return found;
}

} // namespace

TEST_CASE("nothing is due for threads that rest, or go from handler to handler") {
  watched_threads threads;
  CHECK(threads.pass(1h, 250ms).empty());
  CHECK_FALSE(threads.sees_work());
  for (int i = 0; i < 200; ++i) {
    threads.begin(0);
    CHECK(threads.pass(50ms).empty());
  }
  CHECK(threads.sees_work());
}

TEST_CASE("a handler is named, shown and abandoned, each once its time has come") {
  watched_threads threads;
  threads.begin(1);
  CHECK(threads.pass(100ms).empty()); // seen for the first time after 50
  const auto named = threads.pass(50ms);
  REQUIRE(named.size() == 1);
  CHECK(named[0].due == action::warn);
  CHECK(named[0].thread == 1);
  CHECK(named[0].job.is_in_handler());
  CHECK(named[0].running == 100ms);
  CHECK(threads.pass(850ms).empty());
  const auto shown = threads.pass(50ms);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].due == action::stack);
  CHECK(shown[0].running == 1s);
  CHECK(threads.pass(3950ms).empty());
  const auto abandoned = threads.pass(50ms);
  REQUIRE(abandoned.size() == 1);
  CHECK(abandoned[0].due == action::abandon);
  CHECK(abandoned[0].running == 5s);
}

TEST_CASE("the next handler of the same thread begins at nought") {
  watched_threads threads;
  threads.begin(0);
  CHECK(count(threads.pass(900ms), action::warn) == 1);
  threads.begin(0);
  const auto due = threads.pass(900ms);
  CHECK(count(due, action::warn) == 1);
  CHECK(count(due, action::stack) == 0);
  threads.end(0);
  CHECK(threads.pass(1min).empty());
}

TEST_CASE("what could not be abandoned is due again every second") {
  watched_threads threads;
  threads.begin(0);
  CHECK(count(threads.pass(8s), action::abandon) == 3);
}

TEST_CASE("the process is lost when every worker is stuck, and not before") {
  watched_threads threads;
  threads.begin(0);
  threads.begin(2);
  CHECK(count(threads.pass(1min), action::abort) == 0); // a thread without a worker does not count
  threads.begin(1);
  CHECK(count(threads.pass(10s), action::abort) == 0);
  const auto due = threads.pass(1s);
  CHECK(count(due, action::abort) == 1);
  CHECK(count(threads.pass(1min), action::abort) == 0); // ordered already
}

TEST_CASE("a worker that went on with another thread is not lost") {
  watched_threads threads;
  threads.begin(0);
  threads.begin(1);
  CHECK(count(threads.pass(6s), action::abandon) == 2);
  threads.move_to(0, activity::no_worker);
  threads.move_to(2, 0);
  CHECK(count(threads.pass(1min), action::abort) == 0);
}

TEST_CASE("a process that was stopped for an hour makes no handler stuck") {
  watched_threads threads;
  threads.begin(0);
  threads.begin(1);
  threads.pass(50ms);
  const auto due = threads.pass(1h, 1h);
  CHECK(count(due, action::warn) == 2);
  CHECK(due.size() == 2);
  for (const auto& one : due)
    CHECK(one.running == stuck_rule::gap_max);
}

TEST_CASE("a limit of nought is off") {
  watched_threads none{{}};
  none.begin(0);
  none.begin(1);
  CHECK(none.pass(1min).empty());
  CHECK(none.sees_work());
  watched_threads only_stack{{.stack = 1s}};
  only_stack.begin(0);
  only_stack.begin(1);
  const auto due = only_stack.pass(1min);
  CHECK(due.size() == 2);
  CHECK(count(due, action::stack) == 2);
  CHECK_FALSE(stuck_limits{}.is_any());
  CHECK(stuck_limits{.abort = 1s}.is_any());
}

TEST_CASE("limits increase; those that are off do not count") {
  CHECK(limits.is_increasing());
  CHECK(stuck_limits{}.is_increasing());
  CHECK(stuck_limits{.warn = 1s, .abort = 2s}.is_increasing());
  CHECK_FALSE(stuck_limits{.warn = 1s, .stack = 1s}.is_increasing());
  CHECK_FALSE(stuck_limits{.warn = 2s, .abandon = 1s}.is_increasing());
  CHECK_FALSE(stuck_limits{.warn = 1s, .stack = 5s, .abort = 2s}.is_increasing());
}

TEST_CASE("five reports a minute are made, and the others are counted") {
  report_budget budget;
  const report_budget::time_point start{1h};
  for (int i = 0; i < 5; ++i)
    CHECK(budget.take(start + i * 1s));
  for (int i = 0; i < 7; ++i)
    CHECK_FALSE(budget.take(start + 5s));
  CHECK(budget.suppressed() == 7);
  CHECK(budget.take(start + 61s));
  CHECK(budget.suppressed() == 7); // until somebody has said it
  budget.forget_suppressed();
  CHECK(budget.suppressed() == 0);
}
