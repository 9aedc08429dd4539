#include "supervisors/restart_window.hpp"

#include "base/ensure.hpp"
#include <algorithm>

namespace lintel::supervisors {

restart_window::restart_window(restart_limit limit) : limit_(limit) {
  base::ensure(limit.window > limit.window.zero(), "a restart window is longer than 0");
}

bool restart_window::record(time_point now) {
  if (ring_.size() < limit_.count_max) {
    ring_.push_back(now);
    return true;
  }
  if (limit_.count_max == 0 || is_inside(ring_[oldest_], now))
    return false;
  ring_[oldest_] = now;
  oldest_ = (oldest_ + 1) % ring_.size();
  return true;
}

std::uint32_t restart_window::count(time_point now) const {
  const auto inside = std::count_if(ring_.begin(), ring_.end(),
                                    [&](time_point restart) { return is_inside(restart, now); });
  return static_cast<std::uint32_t>(inside);
}

bool restart_window::is_idle(time_point now) const {
  if (ring_.empty())
    return true;
  const auto latest = (oldest_ + ring_.size() - 1) % ring_.size();
  return !is_inside(ring_[latest], now);
}

void restart_window::change(restart_limit limit) {
  base::ensure(limit.window > limit.window.zero(), "a restart window is longer than 0");
  std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(oldest_), ring_.end());
  if (ring_.size() > limit.count_max)
    ring_.erase(ring_.begin(), ring_.end() - static_cast<std::ptrdiff_t>(limit.count_max));
  oldest_ = 0;
  limit_ = limit;
}

void restart_window::clear() {
  ring_.clear();
  oldest_ = 0;
}

} // namespace lintel::supervisors
