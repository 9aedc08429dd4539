// The part of operations that looks at one actor, whatever it is but a connection.

#include "actors/connection_supervisor.hpp"
#include "actors/room_actor.hpp"
#include "app/actor_status.hpp"
#include "app/ask_workers.hpp"
#include "app/connection_views.hpp"
#include "app/operations.hpp"

#include <algorithm>

namespace lintel::app {

using actors::light_process;
using actors::process_class;

namespace {

// What all light processes have.
actor_view common_view(const light_process& process, actors::worker_pool& pool) {
  actor_view view{.kind = "process",
                  .status = std::string{status_of(process, pool.stuck_watch().stuck_actors())},
                  .last_exit = last_exit_of(process, pool.crashes()),
                  .incarnation = std::max(1u, process.incarnation()),
                  .uptime_seconds = static_cast<std::uint64_t>(process.uptime().count()),
                  .mailbox = process.mailbox_length(),
                  .last_kinds = last_kinds_of(process)};
  view.restarts = view.incarnation - 1;
  return view;
}

} // namespace

std::optional<actor_view> operations::actor(const std::string& name) {
  if (name == "root")
    return view_of_supervisor({.id = name,
                               .kind = supervisors::child_kind::supervisor,
                               .actor = root_,
                               .state = supervisors::child_state::up,
                               .restarts = 0,
                               .last_exit = {}});
  if (const auto room = find_room(name)) {
    const auto& it = static_cast<const actors::room_actor&>(*room);
    auto view = common_view(it, parts_.runtime.pool());
    view.kind = "room";
    view.members = it.members();
    view.offset = it.newest_offset();
    return view;
  }
  const auto child = find_child(name, root_);
  const auto process = parts_.directory.find(name);
  if (child && child->kind == supervisors::child_kind::supervisor)
    return view_of_supervisor(*child);
  if (process)
    return view_of_process(child, *process);
  return std::nullopt;
}

actor_view operations::view_of_process(const std::optional<supervisors::child_status>& child, light_process& process) {
  auto view = common_view(process, parts_.runtime.pool());
  if (child) { // else its supervisor does not answer
    view.restarts += child->restarts;
    view.status = status_of(child->state, process, parts_.runtime.pool().stuck_watch().stuck_actors());
    if (process.last_exit() == actors::exit_kind::none)
      view.last_exit = child->last_exit;
  }
  if (process.what() == process_class::supervisor)
    count_group(view, process);
  return view;
}

// One whose children are dynamic: connections/i, rooms/i.
void operations::count_group(actor_view& view, light_process& group) {
  view.kind = "supervisor";
  view.has_children = true;
  if (auto* rooms = dynamic_cast<actors::room_supervisor*>(&group)) {
    view.children = rooms->count();
    return;
  }
  const auto counts = ask_workers<std::size_t>(
      [](gateway::socket_worker& sockets) {
        std::size_t open = 0;
        sockets.table().for_each([&open](gateway::connection& c) { open += is_open(c) ? 1u : 0u; });
        return open;
      },
      [&group](std::size_t worker) { return worker == group.home(); });
  view.children = counts[group.home()];
}

bool operations::is_stuck(const std::string& name) const {
  const auto stuck = parts_.runtime.pool().stuck_watch().stuck_actors();
  return std::ranges::find(stuck, name) != stuck.end();
}

} // namespace lintel::app
