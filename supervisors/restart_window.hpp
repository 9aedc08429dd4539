#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lintel::supervisors {

/// At most `count_max` restarts within `window`; one more is too many. OTP's intensity and period.
struct restart_limit {
  std::uint32_t count_max = 1;
  std::chrono::nanoseconds window = std::chrono::seconds{5};
};

/// The latest restarts of one supervisor or child, at most `count_max` of them. Not thread-safe.
///
/// OTP filters a list at every restart, which made 5,000 kills in one second take 520 ms. Here only
/// one question is asked, "is the restart `count_max` restarts ago still inside the window?", and a
/// ring of the last `count_max` times answers it at once. Memory grows with the restarts seen.
///
/// As in OTP a restart exactly `window` ago still counts; unlike OTP, whose clock has whole
/// seconds, times are compared in nanoseconds.
class restart_window {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit restart_window(restart_limit limit);

  /// Notes a restart at `now`, which must not be earlier than the one before.
  /// `false`: this is the one too many; it is not noted.
  [[nodiscard]] bool record(time_point now);

  /// The restarts noted that are inside the window that ends at `now`; O(count_max).
  [[nodiscard]] std::uint32_t count(time_point now) const;

  /// No restart noted is inside the window any more; O(1).
  [[nodiscard]] bool is_idle(time_point now) const;

  void clear();

  /// Goes on with another limit; the latest restarts noted count on.
  void change(restart_limit limit);

private:
  [[nodiscard]] bool is_inside(time_point restart, time_point now) const {
    return restart >= now - limit_.window;
  }

  restart_limit limit_;
  std::vector<time_point> ring_;   // grows to count_max, then the oldest entry is overwritten
  std::size_t oldest_ = 0;
};

} // namespace lintel::supervisors
