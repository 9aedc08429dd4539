#pragma once

#include "supervisors/restart_window.hpp"
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <unordered_map>
#include <vector>

namespace lintel::supervisors {

/// What each child of a dynamic group may spend: `count_max` restarts within `window`, the first
/// after `back_off[0]`, the next after `back_off[1]`, ... (the last step holds for the rest), each
/// made up to `jitter` longer or shorter, so that children that failed together do not return
/// together.
struct restart_budget {
  std::uint32_t count_max = 5;
  std::chrono::nanoseconds window = std::chrono::seconds{10};
  std::vector<std::chrono::milliseconds> back_off = {std::chrono::milliseconds{0}, std::chrono::milliseconds{50},
                                                     std::chrono::milliseconds{200}, std::chrono::milliseconds{800},
                                                     std::chrono::milliseconds{3200}};
  double jitter = 0.2; // share of the delay, 0 to 1
};

/// How an incarnation ended: by its own fault, or by an operator who wanted it to.
enum class failure : std::uint8_t { crash, kill };

struct verdict {
  enum class action : std::uint8_t { restart_now, restart_after, give_up };
  action what;
  std::chrono::nanoseconds delay{0}; // only with restart_after
  static constexpr std::uint32_t no_limit = ~std::uint32_t{0};
  std::uint32_t restarts_left = no_limit; // after this one
};

/// Decides what becomes of a failed child of a dynamic group (connections, rooms). Every child has
/// its own budget: OTP's shared counter would let one client that crashes its actor a few times
/// take every other connection with it. Holds an entry only for children that have crashed.
/// Not thread-safe; `now` must not go backwards.
class restart_ledger {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `seed` starts the jitter: one seed, one sequence.
  restart_ledger(restart_budget budget, std::uint64_t seed);

  /// A kill by an operator restarts at once and spends nothing; a crash spends one of the child's
  /// restarts. After `give_up` the owner ends the child and calls forget().
  [[nodiscard]] verdict failed(std::uint64_t child, failure how, time_point now);

  /// Crashes the child may still have at `now` and be restarted.
  [[nodiscard]] std::uint32_t restarts_left(std::uint64_t child, time_point now) const;

  /// The child is gone; a later one with the same number starts with a full budget.
  void forget(std::uint64_t child);

  /// Drops the entries whose window has passed; O(size()). failed() does so once per window, which
  /// bounds the table to the children that crashed within the last two windows.
  void sweep(time_point now);

  [[nodiscard]] std::size_t size() const { return crashes_.size(); }

private:
  [[nodiscard]] std::chrono::nanoseconds delay_before(std::uint32_t crashes_before);

  restart_budget budget_;
  std::unordered_map<std::uint64_t, restart_window> crashes_;
  time_point next_sweep_{};
  std::minstd_rand jitter_; // 8 bytes; there is a ledger per group and spreading is all it does
};

} // namespace lintel::supervisors
