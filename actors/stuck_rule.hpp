#pragma once

#include "actors/activity.hpp"
#include "supervisors/restart_window.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lintel::actors {

/// How long a handler may take before something is done about it. 0: never. Those that are not 0 increase.
struct stuck_limits {
  std::chrono::milliseconds warn{0};    ///< name it
  std::chrono::milliseconds stack{0};   ///< say where in the code it is
  std::chrono::milliseconds abandon{0}; ///< stop its thread for good, and go on with the actor without it
  std::chrono::milliseconds abort{0};   ///< end the process, when no worker is left that gets anywhere

  bool is_any() const noexcept { return warn.count() + stack.count() + abandon.count() + abort.count() > 0; }
  bool is_increasing() const noexcept;
};

/// Something is due for a handler that is stuck.
struct stuck_finding {
  enum class action : std::uint8_t { warn, stack, abandon, abort };
  action due = action::warn;
  std::size_t thread = 0;
  activity::view job;
  std::chrono::milliseconds running{0};
};

/// Tells how long each thread has been in one handler, and what is due. Pure: what threads do, and when, is passed in.
///
/// The time between two looks counts for 250 ms at most: a process that was stopped (SIGSTOP, a virtual machine that
/// is paused), or a machine too busy to run us, makes no handler stuck.
class stuck_rule {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds gap_max{250};
  /// What cannot be carried out now is due again.
  static constexpr std::chrono::milliseconds abandon_again{1000};

  struct sight {
    activity::view job;
    std::uint16_t worker = activity::no_worker; ///< that the thread has
  };

  stuck_rule(stuck_limits limits, std::size_t threads, std::size_t workers);

  /// Appends what is due, one finding per thread and step; those of a thread in order.
  void look(time_point now, std::span<const sight> threads, std::vector<stuck_finding>& due);

  /// At the last look somebody was at something.
  bool sees_work() const noexcept { return sees_work_; }

private:
  struct watched {
    activity::view job;
    std::chrono::nanoseconds running{0};
    std::chrono::nanoseconds abandon_at{0};
  };

  void judge(std::size_t thread, std::chrono::nanoseconds before, std::vector<stuck_finding>& due);

  const stuck_limits limits_;
  const std::size_t workers_;
  std::vector<watched> threads_;
  time_point last_look_{};
  bool sees_work_ = false;
  bool is_abort_due_ = false;
};

/// Five reports a minute, so that a fault that many handlers share fills no disk; the rest are counted.
class report_budget {
public:
  using time_point = supervisors::restart_window::time_point;
  static constexpr supervisors::restart_limit limit{.count_max = 5, .window = std::chrono::minutes{1}};

  /// False: not now. Counted.
  [[nodiscard]] bool take(time_point now) {
    const bool is_allowed = window_.record(now);
    suppressed_ += is_allowed ? 0 : 1;
    return is_allowed;
  }
  std::uint64_t suppressed() const noexcept { return suppressed_; }
  void forget_suppressed() noexcept { suppressed_ = 0; }

private:
  supervisors::restart_window window_{limit};
  std::uint64_t suppressed_ = 0;
};

} // namespace lintel::actors
