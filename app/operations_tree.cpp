// The part of operations that looks at the static supervision tree, by asking its supervisors.

#include "actors/connection_supervisor.hpp"
#include "actors/room_actor.hpp"
#include "app/ask_workers.hpp"
#include "app/metrics_sampler.hpp"
#include "app/operations.hpp"

#include <caf/scoped_actor.hpp>

namespace lintel::app {

using namespace supervisors;

namespace {

std::optional<children_report> children_of(caf::actor_system& system, const caf::actor& supervisor) {
  std::optional<children_report> report;
  caf::scoped_actor self{system, true};
  self->request(supervisor, worker_patience, which_children{})
      .receive([&](children_report& r) { report = std::move(r); }, [](const caf::error&) {});
  return report;
}

std::string_view name_of(child_state state) {
  switch (state) {
  case child_state::up: return "up";
  case child_state::starting: return "starting";
  case child_state::restarting: return "restarting";
  case child_state::stopping: return "stopping";
  case child_state::stopped: return "stopped";
  }
  return "?";
}

} // namespace

// Every worker is asked once, not once for each group of connections: with one that does not answer, a tree of many
// would take minutes.
tree_node operations::tree() {
  open_ = ask_workers<std::size_t>([](gateway::socket_worker& sockets) { return sockets.table().in_use(); });
  tree_node root{.id = "root", .kind = "supervisor", .status = "up"};
  root.restarts_per_minute = parts_.recent.restarts_per_minute(root.id, parts_.noted.of(root.id));
  add_children(root, root_);
  return root;
}

void operations::add_children(tree_node& node, const caf::actor& supervisor) {
  auto report = children_of(parts_.system, supervisor);
  if (!report) {
    node.status = "not answering";
    return;
  }
  for (const auto& child : report->children)
    node.children.push_back(describe(child));
}

tree_node operations::describe(const child_status& child) {
  tree_node node{.id = child.id, .kind = "worker", .status = std::string{name_of(child.state)}};
  node.restarts = child.restarts;
  if (child.kind == child_kind::supervisor) {
    node.restarts_per_minute = parts_.recent.restarts_per_minute(child.id, parts_.noted.of(child.id));
    node.kind = "supervisor";
    if (child.actor)
      add_children(node, child.actor);
    return node;
  }
  auto process = parts_.directory.find(child.id);
  if (!process)
    return node;
  node.incarnation = process->incarnation();
  node.restarts += node.incarnation > 0 ? node.incarnation - 1 : 0;
  node.restarts_per_minute = parts_.recent.restarts_per_minute(child.id, restarts_of(*process, parts_.noted));
  node.mailbox = process->mailbox_length();
  node.alarms = alarms_of(*process);
  if (child.id.starts_with("connections/")) {
    node.kind = "connections";
    node.dynamic_children = open_[process->home()].value_or(0);
    node.child_restarts = static_cast<actors::connection_supervisor&>(*process).child_restarts();
  } else if (child.id.starts_with("rooms/")) {
    node.kind = "rooms";
    auto& rooms = static_cast<actors::room_supervisor&>(*process);
    node.dynamic_children = rooms.count();
    node.child_restarts = rooms.child_restarts();
  }
  return node;
}

bool operations::kill_static_supervisor(const std::string& name) {
  const auto kill = [this](const caf::actor& supervisor) {
    caf::anon_send(supervisor, operator_kill{});
    parts_.runtime.pool().count(actors::counter::kills);
    parts_.runtime.pool().count(actors::counter::restarts); // it goes on in place, whatever it was doing
    return true;
  };
  if (name == "root")
    return kill(root_);
  auto report = children_of(parts_.system, root_);
  if (!report)
    return false;
  for (const auto& child : report->children)
    if (child.id == name && child.kind == child_kind::supervisor && child.actor)
      return kill(child.actor);
  return false;
}

} // namespace lintel::app
