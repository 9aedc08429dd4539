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

storm_breaker::storm_breaker(storm_limits limits) : limits_(limits) {
  base::ensure(limits.restarts_per_second > 0, "a group restarts its children at some rate");
  base::ensure(limits.burst > 0, "one restart needs no other before it");
  base::ensure(limits.calm > limits.calm.zero(), "an alarm is not cleared the moment it is raised");
  between_turns_ = std::chrono::nanoseconds{std::chrono::seconds{1}} / limits.restarts_per_second;
  burst_length_ = between_turns_ * (limits.burst - 1);
}

storm_breaker::turn storm_breaker::take_turn(time_point now) {
  const auto full_at = std::max(full_at_, now);
  const auto at = std::max(now, full_at - burst_length_);
  full_at_ = full_at + between_turns_;
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
  const auto left = (last_waited_ - now + between_turns_ - std::chrono::nanoseconds{1}) / between_turns_;
  return std::min(waited_, static_cast<std::uint64_t>(left));
}

storm_breaker::alarm storm_breaker::look(time_point now) {
  if (!is_raised_ || now < clears_at())
    return alarm::unchanged;
  is_raised_ = false;
  return alarm::cleared;
}

} // namespace lintel::supervisors
