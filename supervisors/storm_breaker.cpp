#include "supervisors/storm_breaker.hpp"

#include "base/ensure.hpp"
#include <algorithm>

namespace lintel::supervisors {

storm_limits storm_limits::shared_by(std::uint32_t groups) const {
  base::ensure(groups > 0, "somebody shares the limits");
  return {.restarts_per_second = std::max(1U, restarts_per_second / groups),
          .burst = std::max(1U, burst / groups),
          .calm = calm};
}

// The bucket is made before the checks: it must not divide by nothing.
storm_breaker::storm_breaker(storm_limits limits)
    : limits_(limits), turns_(std::max(1U, limits.restarts_per_second), limits.burst) {
  base::ensure(limits.restarts_per_second > 0, "a group restarts its children at some rate");
  base::ensure(limits.burst > 0, "one restart needs no other before it");
  base::ensure(limits.calm > limits.calm.zero(), "an alarm is not cleared the moment it is raised");
}

storm_breaker::turn storm_breaker::take_turn(time_point now) {
  const auto at = turns_.next(now);
  turns_.take(now);
  if (at == now)
    return {now, look(now)};
  last_waited_ = at;
  if (is_raised_) {
    ++waited_;
    return {at, alarm::unchanged};
  }
  waited_ = 1;
  is_raised_ = true;
  raised_at_ = now;
  return {at, alarm::raised};
}

// Turns that were not at once follow each other without a gap: the latest says how many are left.
std::uint64_t storm_breaker::waiting(time_point now) const {
  if (last_waited_ <= now)
    return 0;
  const auto left = (last_waited_ - now + turns_.between() - std::chrono::nanoseconds{1}) / turns_.between();
  return std::min(waited_, static_cast<std::uint64_t>(left));
}

storm_breaker::alarm storm_breaker::look(time_point now) {
  if (!is_raised_ || now < clears_at())
    return alarm::unchanged;
  is_raised_ = false;
  return alarm::cleared;
}

} // namespace lintel::supervisors
