#pragma once

#include "actors/exit_report.hpp"
#include "actors/exit_report_limiter.hpp"

#include <mutex>

namespace lintel::actors {

class worker_pool;

/// Where every crash of a light process is written down: one line each in the log, as far as the limiter allows. One
/// for all workers, with a lock: crashes may cost one, messages never come here.
class exit_reporter {
public:
  /// `pool` outlives it, and runs nothing any more when it is destroyed.
  explicit exit_reporter(worker_pool& pool, exit_report_limits limits = {});
  /// Writes what was counted and not yet told.
  ~exit_reporter();
  exit_reporter(const exit_reporter&) = delete;
  exit_reporter& operator=(const exit_reporter&) = delete;

  /// Any thread.
  void write(std::string_view actor, std::uint32_t incarnation, const exit_report& report, const letter_history& last,
             const exit_sequel& sequel);

private:
  void look();
  void look_later();

  worker_pool& pool_;
  std::mutex mutex_;
  exit_report_limiter limiter_; // guarded by mutex_
  bool is_watched_ = false;     // guarded by mutex_: look() comes
};

} // namespace lintel::actors
