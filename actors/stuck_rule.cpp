#include "actors/stuck_rule.hpp"

#include <algorithm>
#include <array>

namespace lintel::actors {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

bool is_reached(milliseconds limit, nanoseconds before, nanoseconds now) noexcept {
  return limit > limit.zero() && before < limit && now >= limit;
}

} // namespace

bool stuck_limits::is_increasing() const noexcept {
  auto last = milliseconds::zero();
  for (const auto limit : std::array{warn, stack, abandon, abort}) {
    if (limit != limit.zero() && limit <= last)
      return false;
    last = std::max(last, limit);
  }
  return true;
}

stuck_rule::stuck_rule(stuck_limits limits, std::size_t threads, std::size_t workers)
    : limits_(limits), workers_(workers), threads_(threads) {}

void stuck_rule::look(time_point now, std::span<const sight> threads, std::vector<stuck_finding>& due) {
  const auto passed = std::min<nanoseconds>(now - last_look_, gap_max);
  last_look_ = now;
  sees_work_ = false;
  std::size_t workers_lost = 0;
  auto least = nanoseconds::max();
  for (std::size_t i = 0; i < threads.size(); ++i) {
    auto& one = threads_[i];
    const auto job = threads[i].job;
    sees_work_ = sees_work_ || job.is_busy();
    if (job != one.job || !job.is_busy()) {
      one = {.job = job, .running = nanoseconds::zero(), .abandon_at = limits_.abandon};
      continue;
    }
    const auto before = one.running;
    one.running += passed;
    judge(i, before, due);
    if (threads[i].worker != activity::no_worker && one.running >= limits_.abort) {
      ++workers_lost;
      least = std::min(least, one.running);
    }
  }
  const bool is_lost = limits_.abort > limits_.abort.zero() && workers_lost == workers_;
  if (is_lost && !is_abort_due_)
    due.push_back({.due = stuck_finding::action::abort, .running = std::chrono::duration_cast<milliseconds>(least)});
  is_abort_due_ = is_lost;
}

void stuck_rule::judge(std::size_t thread, nanoseconds before, std::vector<stuck_finding>& due) {
  auto& one = threads_[thread];
  stuck_finding found{
      .thread = thread, .job = one.job, .running = std::chrono::duration_cast<milliseconds>(one.running)};
  const auto add = [&](stuck_finding::action what) {
    found.due = what;
    due.push_back(found);
  };
  if (is_reached(limits_.warn, before, one.running))
    add(stuck_finding::action::warn);
  if (is_reached(limits_.stack, before, one.running))
    add(stuck_finding::action::stack);
  if (limits_.abandon > limits_.abandon.zero() && one.running >= one.abandon_at) {
    one.abandon_at = one.running + abandon_again;
    add(stuck_finding::action::abandon);
  }
}

} // namespace lintel::actors
