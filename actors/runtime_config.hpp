#pragma once

#include "actors/worker.hpp"

#include <caf/actor_system_config.hpp>

#include <memory>
#include <vector>

namespace lintel::actors {

/// How CAF is set up for us: one worker per reactor, a bounded number of messages per turn of an actor, and our
/// scheduling policy in the place of CAF's work stealing (which polls when idle and steals in O(n)).
class runtime_config : public caf::actor_system_config {
public:
  explicit runtime_config(std::vector<std::unique_ptr<reactor>> reactors);

  worker_pool& pool() const noexcept { return *pool_; }

  /// The pool of a system made with a runtime_config.
  static worker_pool& pool_of(caf::actor_system& system);

private:
  std::unique_ptr<worker_pool> pool_;
};

} // namespace lintel::actors
