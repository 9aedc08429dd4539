#include "actors/restart_pacer.hpp"

#include "actors/worker_pool.hpp"

#include <spdlog/spdlog.h>

namespace lintel::actors {

using alarm_change = supervisors::storm_breaker::alarm;

restart_pacer::restart_pacer(std::string group, worker_pool& pool, supervisors::storm_limits limits)
    : group_(std::move(group)), pool_(pool), limits_(limits.shared_by(static_cast<std::uint32_t>(pool.size()))),
      breaker_(limits_) {}

std::chrono::nanoseconds restart_pacer::wait(time_point now) {
  supervisors::storm_breaker::turn turn{};
  std::uint64_t waited = 0;
  {
    std::lock_guard lock{mutex_};
    waited = breaker_.waited();
    turn = breaker_.take_turn(now);
  }
  if (turn.at > now)
    pool_.count(counter::restarts_paced);
  report(turn.change, waited);
  if (turn.change == alarm_change::raised)
    look_later(turn.at - now + limits_.calm);
  return turn.at - now;
}

bool restart_pacer::is_storm() const {
  std::lock_guard lock{mutex_};
  return breaker_.is_raised();
}

std::optional<restart_pacer::storm> restart_pacer::alarm(time_point now) const {
  std::lock_guard lock{mutex_};
  if (!breaker_.is_raised())
    return std::nullopt;
  return storm{now - breaker_.raised_at(), breaker_.waiting(now)};
}

void restart_pacer::look() {
  const auto now = worker::clock::now();
  std::uint64_t waited = 0;
  std::chrono::nanoseconds left{0};
  auto change = alarm_change::unchanged;
  {
    std::lock_guard lock{mutex_};
    waited = breaker_.waited();
    change = breaker_.look(now);
    if (breaker_.is_raised())
      left = breaker_.clears_at() - now;
  }
  report(change, waited);
  if (left > left.zero())
    look_later(left);
}

void restart_pacer::look_later(std::chrono::nanoseconds delay) {
  pool_.call_after(delay, [self = shared_from_this()] { self->look(); });
}

void restart_pacer::report(alarm_change change, std::uint64_t waited) {
  switch (change) {
  case alarm_change::unchanged: break;
  case alarm_change::raised:
    pool_.count(counter::storms_raised);
    spdlog::error("restart storm in {}: crashes are restarted at {}/s", group_, limits_.restarts_per_second);
    break;
  case alarm_change::cleared:
    pool_.count(counter::storms_cleared);
    spdlog::warn("the restart storm in {} is over: {} restarts had to wait", group_, waited);
  }
}

} // namespace lintel::actors
