#pragma once

#include "actors/counters.hpp"
#include "supervisors/storm_breaker.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace lintel::actors {

class worker_pool;

/// The storm breaker of one group of light processes, which its children ask on whatever worker they crash; and its
/// alarm: a counter and a line in the log when it is raised and when it is cleared. It belongs to the group, not to an
/// incarnation of the group's supervisor: to kill a supervisor in the middle of a storm does not let it loose.
class restart_pacer : public std::enable_shared_from_this<restart_pacer> {
public:
  using time_point = supervisors::storm_breaker::time_point;

  /// `limits` are the server's; this group gets the share of one of as many groups as there are workers.
  restart_pacer(std::string group, worker_pool& pool, supervisors::storm_limits limits);

  /// How long the restart of a child that crashed has to wait for the others; 0: not at all.
  std::chrono::nanoseconds wait(time_point now);

  bool is_storm() const;

  struct storm {
    std::chrono::nanoseconds since;
    std::uint64_t waiting; ///< restarts whose turn is still to come
  };
  /// The alarm, while it is raised. Any thread.
  std::optional<storm> alarm(time_point now) const;

private:
  void look();
  void look_later(std::chrono::nanoseconds delay);
  void report(supervisors::storm_breaker::alarm change, std::uint64_t waited);

  const std::string group_;
  worker_pool& pool_;
  const supervisors::storm_limits limits_;
  mutable std::mutex mutex_;
  supervisors::storm_breaker breaker_; // guarded by mutex_
};

} // namespace lintel::actors
