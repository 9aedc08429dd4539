#include "loadgen/arrival_schedule.hpp"

#include "base/ensure.hpp"

namespace lintel::loadgen {

namespace {

nanoseconds span_of(double seconds_in) {
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds_in));
}

} // namespace

arrival_schedule::arrival_schedule(const shape& wanted, time_point first)
    : shape_(wanted), random_(wanted.seed), first_(first), next_(first) {
  base::ensure(wanted.rate > 0, "an arrival schedule has a rate");
}

void arrival_schedule::advance() noexcept {
  ++sent_;
  if (shape_.how == arrivals::even) {
    // From the first one, not from the last: rounding must not add up to a lower rate.
    next_ = first_ + span_of(static_cast<double>(sent_) / shape_.rate);
    return;
  }
  std::exponential_distribution<double> gap{shape_.rate};
  next_ += span_of(gap(random_));
}

} // namespace lintel::loadgen
