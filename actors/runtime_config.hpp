#pragma once

#include "actors/exit_reporter.hpp"
#include "actors/worker_pool.hpp"

#include <caf/actor_system_config.hpp>

#include <memory>
#include <vector>

namespace lintel::actors {

/// How CAF is set up for us: one worker per reactor, some threads more than workers, a bounded number of messages per
/// turn of an actor, and our scheduling policy in the place of CAF's work stealing (which polls when idle and steals in
/// O(n)).
class runtime_config : public caf::actor_system_config {
public:
  /// `spare_threads`: in reserve for workers whose thread is busy with a long handler. `limits`: of handlers that do
  /// not end.
  explicit runtime_config(std::vector<std::unique_ptr<reactor>> reactors, std::size_t spare_threads = 4,
                          stuck_limits limits = {});

  worker_pool& pool() const noexcept { return *pool_; }

  /// The pool of a system made with a runtime_config.
  static worker_pool& pool_of(caf::actor_system& system);
  /// Where its crashes are written down.
  static exit_reporter& exits_of(caf::actor_system& system);

private:
  std::unique_ptr<worker_pool> pool_;
  std::unique_ptr<exit_reporter> exits_;
};

} // namespace lintel::actors
