#include "supervisors/restart_ledger.hpp"

#include "base/ensure.hpp"
#include <algorithm>
#include <utility>

namespace lintel::supervisors {
namespace {

// minstd_rand takes 31 bits; fold the seed so that neither half of it is lost.
std::minstd_rand::result_type fold(std::uint64_t seed) {
  return static_cast<std::minstd_rand::result_type>((seed ^ (seed >> 32)) & 0x7fffffffU);
}

} // namespace

restart_ledger::restart_ledger(restart_budget budget, std::uint64_t seed)
    : budget_(std::move(budget)), jitter_(fold(seed)) {
  using std::chrono::milliseconds;
  base::ensure(budget_.window > budget_.window.zero(), "a restart window is longer than 0");
  base::ensure(budget_.jitter >= 0.0 && budget_.jitter <= 1.0, "jitter is a share of the delay");
  base::ensure(std::all_of(budget_.back_off.begin(), budget_.back_off.end(),
                           [](milliseconds step) { return step >= milliseconds::zero(); }),
               "no back-off step is negative");
}

verdict restart_ledger::failed(std::uint64_t child, failure how, time_point now) {
  if (how == failure::kill)
    return {.what = verdict::action::restart_now};
  if (now >= next_sweep_) {
    sweep(now);
    next_sweep_ = now + budget_.window;
  }
  const restart_limit limit{.count_max = budget_.count_max, .window = budget_.window};
  auto& window = crashes_.try_emplace(child, limit).first->second;
  const auto crashes_before = window.count(now);
  if (!window.record(now))
    return {.what = verdict::action::give_up, .restarts_left = 0};
  const auto left = budget_.count_max - crashes_before - 1;
  const auto delay = delay_before(crashes_before);
  if (delay == delay.zero())
    return {.what = verdict::action::restart_now, .restarts_left = left};
  return {.what = verdict::action::restart_after, .delay = delay, .restarts_left = left};
}

std::uint32_t restart_ledger::restarts_left(std::uint64_t child, time_point now) const {
  const auto found = crashes_.find(child);
  if (found == crashes_.end())
    return budget_.count_max;
  return budget_.count_max - found->second.count(now);
}

void restart_ledger::forget(std::uint64_t child) { crashes_.erase(child); }

void restart_ledger::sweep(time_point now) {
  std::erase_if(crashes_, [&](const auto& entry) { return entry.second.is_idle(now); });
}

std::chrono::nanoseconds restart_ledger::delay_before(std::uint32_t crashes_before) {
  if (budget_.back_off.empty())
    return std::chrono::nanoseconds::zero();
  const auto step = std::min<std::size_t>(crashes_before, budget_.back_off.size() - 1);
  const auto delay = std::chrono::duration<double, std::nano>{budget_.back_off[step]};
  auto factor = std::uniform_real_distribution{1.0 - budget_.jitter, 1.0 + budget_.jitter};
  return std::chrono::duration_cast<std::chrono::nanoseconds>(delay * factor(jitter_));
}

} // namespace lintel::supervisors
