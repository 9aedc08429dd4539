#pragma once

#include "base/token_bucket.hpp"

#include <chrono>
#include <cstdint>

namespace lintel::supervisors {

/// How fast a group restarts children that crashed. Many that crash together share a cause, and
/// bringing all of them back at once is work done twice, at the expense of those that run.
struct storm_limits {
  std::uint32_t restarts_per_second = 500;
  std::uint32_t burst = 50;                                // at once; after them the rate holds
  std::chrono::nanoseconds calm = std::chrono::seconds{5}; // without a wait: the storm is over

  /// What each of so many groups gets of it, so that together they keep to it; at least one.
  [[nodiscard]] storm_limits shared_by(std::uint32_t groups) const;
};

/// Says when a crashed child of a group may be restarted: now, or later because many others have
/// crashed, too. It stretches a storm of restarts, it never refuses one, and no child can take another
/// one's turn: turns are given in the order in which they are asked for.
///
/// A token bucket: in any stretch of time at most burst + rate * time turns are due. A decision is a
/// few additions, whatever waits; there is no memory of children.
///
///             a turn that has to wait                 nothing waited for `calm`
///     calm ------------------------------> storm --------------------------------> calm
///                   raised                                    cleared
///
/// Operators' kills are not its business. Not thread-safe; `now` must not go backwards.
class storm_breaker {
public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class alarm : std::uint8_t { unchanged, raised, cleared };

  struct turn {
    time_point at; // `now`, or later
    alarm change;
  };

  explicit storm_breaker(storm_limits limits);

  /// The turn of one restart, which takes place at that time.
  [[nodiscard]] turn take_turn(time_point now);

  /// While the alarm is raised, to be called at clears_at() and again until it is not.
  [[nodiscard]] alarm look(time_point now);

  [[nodiscard]] bool is_raised() const { return is_raised_; }
  /// When the alarm ends if no other restart has to wait.
  [[nodiscard]] time_point clears_at() const { return last_waited_ + limits_.calm; }
  /// Restarts that had to wait since the alarm was last raised.
  [[nodiscard]] std::uint64_t waited() const { return waited_; }
  /// Of those, the ones whose turn is still to come.
  [[nodiscard]] std::uint64_t waiting(time_point now) const;
  /// When the alarm was last raised.
  [[nodiscard]] time_point raised_at() const { return raised_at_; }

private:
  storm_limits limits_;
  base::token_bucket turns_;
  time_point last_waited_{}; // the latest turn that was not at once
  time_point raised_at_{};
  std::uint64_t waited_ = 0;
  bool is_raised_ = false;
};

} // namespace lintel::supervisors
