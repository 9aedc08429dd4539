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
#include <utility>

namespace lintel::supervisors {

supervision_tree start_tree(caf::actor_system& system, supervisor_spec spec,
                            std::chrono::milliseconds patience) {
  supervision_tree tree;
  tree.why = flaw_in(spec);
  if (!tree.why.empty())
    return tree;
  tree.stats = std::make_shared<supervisor_stats>(spec);
  tree.root = system.spawn<supervisor>(std::move(spec), tree.stats);
  bool is_late = false;
  caf::scoped_actor self{system};
  self->request(tree.root, patience, await_started{})
    .receive([](started) {},
             [&](const caf::error& reason) {
               is_late = reason == caf::sec::request_timeout;
               tree.why = is_late ? "it has not started in time" : text_of(reason);
             });
  if (is_late && !stop_tree(system, tree, patience))
    tree.why += ", and does not stop either";
  if (!tree.why.empty())
    tree.root = nullptr;
  return tree;
}

bool stop_tree(caf::actor_system& system, const supervision_tree& tree,
               std::chrono::milliseconds patience) {
  base::ensure(tree.is_running(), "only a tree that runs is stopped");
  bool has_ended = false;
  caf::scoped_actor self{system};
  self->monitor(tree.root);
  urgent_exit(nullptr, tree.root, caf::exit_reason::user_shutdown);
  self->receive([&](const caf::down_msg&) { has_ended = true; },
                caf::after(patience) >> [] {});
  return has_ended;
}

} // namespace lintel::supervisors
