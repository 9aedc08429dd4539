#include "supervisors/supervision_tree.hpp"

#include "base/ensure.hpp"
#include "supervisors/exit_reason.hpp"
#include "supervisors/supervisor.hpp"
#include "supervisors/urgent_exit.hpp"
#include <caf/actor_system.hpp>
#include <caf/after.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <optional>
#include <utility>

namespace lintel::supervisors {
namespace {

// The reason the actor ended with, or nothing when it has not ended in time.
std::optional<caf::error> wait_for_end(caf::actor_system& system, const caf::actor& actor,
                                       std::chrono::milliseconds patience) {
  std::optional<caf::error> reason;
  caf::scoped_actor self{system};
  self->monitor(actor);
  self->receive([&](const caf::down_msg& down) { reason = down.reason; },
                caf::after(patience) >> [] {});
  return reason;
}

} // namespace

supervision_tree start_tree(caf::actor_system& system, supervisor_spec spec,
                            std::chrono::milliseconds patience) {
  supervision_tree tree;
  tree.why = flaw_in(spec);
  if (!tree.why.empty())
    return tree;
  tree.stats = std::make_shared<supervisor_stats>(spec);
  tree.root = system.spawn<supervisor>(std::move(spec), tree.stats);
  caf::error refusal;
  caf::scoped_actor{system}->request(tree.root, patience, await_started{})
    .receive([](started) {}, [&](const caf::error& reason) { refusal = reason; });
  if (!refusal)
    return tree;
  if (refusal == caf::sec::request_timeout) {
    tree.why = "it has not started in time";
    if (!stop_tree(system, tree, patience))
      tree.why += ", and does not stop either";
  } else {
    // Not the refusal: a root that fails fast is gone before it reads the question.
    const auto reason = wait_for_end(system, tree.root, patience);
    tree.why = text_of(reason.value_or(refusal));
  }
  tree.root = nullptr;
  return tree;
}

bool stop_tree(caf::actor_system& system, const supervision_tree& tree,
               std::chrono::milliseconds patience) {
  base::ensure(tree.is_running(), "only a tree that runs is stopped");
  urgent_exit(nullptr, tree.root, caf::exit_reason::user_shutdown);
  return wait_for_end(system, tree.root, patience).has_value();
}

} // namespace lintel::supervisors
