// The part of operations that looks at the static supervision tree, by asking its supervisors.

#include "actors/connection_supervisor.hpp"
#include "actors/room_actor.hpp"
#include "app/actor_status.hpp"
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

} // namespace

// Every worker is asked once, not once for each group of connections: with one that does not answer, a tree of many
// would take minutes.
tree_node operations::tree() {
  open_ = ask_workers<std::size_t>([](gateway::socket_worker&) { return open_here(); });
  stuck_ = parts_.runtime.pool().stuck_watch().stuck_actors();
  tree_node root{.id = "root", .kind = "supervisor", .status = "up", .incarnation = 1};
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
  node.restarts += report->kills; // in place
  node.incarnation += static_cast<std::uint32_t>(report->kills);
  for (const auto& child : report->children)
    node.children.push_back(describe(child));
}

tree_node operations::describe(const child_status& child) {
  tree_node node{.id = child.id, .kind = "worker", .status = std::string{name_of(child.state)}};
  node.restarts = child.restarts;
  if (child.kind == child_kind::supervisor) {
    node.restarts_per_minute = parts_.recent.restarts_per_minute(child.id, parts_.noted.of(child.id));
    node.kind = "supervisor";
    node.incarnation = static_cast<std::uint32_t>(1 + child.restarts);
    if (child.actor)
      add_children(node, child.actor);
    return node;
  }
  auto process = parts_.directory.find(child.id);
  if (!process)
    return node;
  node.status = status_of(child.state, *process, stuck_);
  node.incarnation = process->incarnation();
  node.restarts += node.incarnation > 0 ? node.incarnation - 1 : 0;
  node.restarts_per_minute = parts_.recent.restarts_per_minute(child.id, restarts_of(*process, parts_.noted));
  node.mailbox = process->mailbox_length();
  node.alarms = alarms_of(*process);
  if (child.id.starts_with("connections/")) {
    node.kind = "connections";
    node.is_dynamic = true;
    node.dynamic_children = open_[process->home()];
    node.child_restarts = static_cast<actors::connection_supervisor&>(*process).child_restarts();
  } else if (child.id.starts_with("rooms/")) {
    node.kind = "rooms";
    node.is_dynamic = true;
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

std::optional<child_status> operations::find_child(const std::string& name, const caf::actor& within) {
  const auto report = children_of(parts_.system, within);
  if (!report)
    return std::nullopt;
  for (const auto& child : report->children) {
    if (child.id == name)
      return child;
    if (child.kind == child_kind::supervisor && child.actor)
      if (auto found = find_child(name, child.actor))
        return found;
  }
  return std::nullopt;
}

actor_view operations::view_of_supervisor(const child_status& child) {
  actor_view view{.kind = "supervisor",
                  .status = std::string{name_of(child.state)},
                  .last_exit = child.last_exit,
                  .incarnation = 1 + child.restarts,
                  .restarts = child.restarts,
                  .has_children = true};
  if (!child.actor)
    return view;
  const auto report = children_of(parts_.system, child.actor);
  if (!report) {
    view.status = "not answering";
    return view;
  }
  view.incarnation += report->kills;
  view.restarts += report->kills;
  if (report->is_incarnation_killed)
    view.last_exit = "killed";
  view.uptime_seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - report->began).count());
  view.children = report->children.size();
  return view;
}

} // namespace lintel::app
