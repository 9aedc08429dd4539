#pragma once

#include "supervisors/supervisor_spec.hpp"
#include "supervisors/supervisor_stats.hpp"
#include <caf/actor.hpp>
#include <chrono>
#include <memory>
#include <string>

namespace caf {
class actor_system;
}

namespace lintel::supervisors {

/// A tree that runs, or the reason why it does not. Keep it: a root nobody refers to ends.
struct supervision_tree {
  caf::actor root;                           // null: it does not run
  std::shared_ptr<supervisor_stats> stats;   // of the root
  std::string why;                           // it does not run

  [[nodiscard]] bool is_running() const { return root != nullptr; }
};

/// For main(), never for an actor: blocks until every child of the tree has started, or one start
/// failed, or `patience` is over (the tree is then stopped, for as long again).
[[nodiscard]] supervision_tree start_tree(caf::actor_system& system, supervisor_spec spec,
                                          std::chrono::milliseconds patience);

/// For main(): stops the tree, the last child first, and blocks until it has ended. `false`:
/// something in it still runs after `patience`; ~actor_system would wait for it: leave by _exit.
[[nodiscard]] bool stop_tree(caf::actor_system& system, const supervision_tree& tree,
                             std::chrono::milliseconds patience);

} // namespace lintel::supervisors
