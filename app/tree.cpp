#include "app/tree.hpp"

#include "actors/messages.hpp"
#include "actors/room_registry.hpp"
#include "actors/spawn_process.hpp"
#include "app/admin.hpp"
#include "gateway/courier.hpp"
#include "gateway/listener.hpp"
#include "supervisors/start_result.hpp"
#include "supervisors/supervisor.hpp"

#include <spdlog/spdlog.h>

namespace lintel::app {

using namespace std::chrono_literals;
using namespace supervisors;
using actors::control_letter;
using actors::handle_of;
using actors::process_ptr;
using actors::spawn_process;

namespace {

// Sleeping processes build their first incarnation with their first letter.
start_result started(server_parts& parts, const process_ptr<actors::light_process>& process) {
  parts.directory.put(process);
  process->post(std::make_unique<control_letter>(control_letter::order::nudge));
  return handle_of(*process);
}

void log_event(const supervision_event& event) {
  using kind = supervision_event::kind;
  switch (event.what) {
  case kind::child_restarted: spdlog::warn("{}: restarted {}", event.supervisor, event.child); break;
  case kind::incarnation_killed: spdlog::info("{}: killed by an operator, children kept", event.supervisor); break;
  case kind::child_ended:
  case kind::finished: spdlog::debug("{} {} ended: {}", event.supervisor, event.child, event.why); break;
  default: spdlog::error("{} {}: {}", event.supervisor, event.child, event.why);
  }
}

std::function<void(const supervision_event&)> observer_of(server_parts& parts) {
  return [&parts](const supervision_event& event) {
    log_event(event);
    if (event.what == supervision_event::kind::child_restarted)
      parts.noted.note(std::string{event.child});
    else if (event.what == supervision_event::kind::incarnation_killed)
      parts.noted.note(std::string{event.supervisor});
  };
}

start_function room_group(server_parts& parts, std::uint16_t index) {
  return [&parts, index](caf::event_based_actor&) -> start_result {
    auto group = spawn_process<actors::room_supervisor>(parts.system, index, parts.config.room_budget,
                                                        parts.config.rooms, parts.book, parts.config.protection);
    {
      std::lock_guard lock{parts.rooms_mutex};
      parts.rooms[index] = group;
    }
    return started(parts, group);
  };
}

start_function registry(server_parts& parts) {
  return [&parts](caf::event_based_actor&) -> start_result {
    std::lock_guard lock{parts.rooms_mutex};
    auto process =
        spawn_process<actors::room_registry>(parts.system, parts.rooms, parts.book, parts.config.system_budget);
    parts.book.set_registry(process);
    return started(parts, process);
  };
}

start_function courier(server_parts& parts, std::uint16_t worker) {
  return [&parts, worker](caf::event_based_actor&) -> start_result {
    auto process = spawn_process<gateway::courier>(parts.system, worker, *parts.sockets[worker]);
    parts.book.set_courier(worker, process);
    return started(parts, process);
  };
}

start_function connection_group(server_parts& parts, std::uint16_t worker) {
  return [&parts, worker](caf::event_based_actor&) -> start_result {
    auto& sockets = *parts.sockets[worker];
    auto group = spawn_process<actors::connection_supervisor>(
        parts.system, worker, parts.config.connection_budget,
        [&sockets](std::function<void()> then) { sockets.close_all(std::move(then)); }, parts.config.protection.storm);
    // On the worker itself, and before its listener's first letter: pinned mail is handled in order.
    parts.book.courier(worker).post(std::make_unique<actors::worker_call>([&parts, &sockets, group] {
      sockets.attach(parts.system, {.port = sockets,
                                    .supervisor = group,
                                    .book = parts.book,
                                    .spaces = parts.spaces,
                                    .limits = parts.config.gateway.connections});
    }));
    return started(parts, group);
  };
}

start_function listener(server_parts& parts, std::uint16_t worker) {
  return [&parts, worker](caf::event_based_actor&) -> start_result {
    return started(parts, spawn_process<gateway::listener>(parts.system, worker, *parts.sockets[worker],
                                                           parts.listening[worker], parts.config.system_budget));
  };
}

start_function admin_start(server_parts& parts, control_server& control) {
  return [&parts, &control](caf::event_based_actor&) -> start_result {
    return started(parts, spawn_process<admin>(parts.system, control, parts.config.system_budget));
  };
}

template <class Make>
std::vector<child_spec> per_worker(server_parts& parts, const std::string& prefix, Make make) {
  std::vector<child_spec> children;
  for (std::uint16_t i = 0; i < parts.workers(); ++i)
    children.push_back({.id = prefix + std::to_string(i), .start = make(parts, i)});
  return children;
}

supervisor_spec room_tree(server_parts& parts) {
  return {.name = "rooms",
          .limit = {3, 30s},
          .children = per_worker(parts, "rooms/", room_group),
          .observe = observer_of(parts)};
}

// A courier has no state, so its end takes nobody along; its connections stop before it does.
supervisor_spec connection_tree(server_parts& parts) {
  supervisor_spec spec{.name = "connections", .limit = {3, 30s}, .observe = observer_of(parts)};
  for (std::uint16_t i = 0; i < parts.workers(); ++i) {
    const auto number = std::to_string(i);
    spec.children.push_back({.id = "courier/" + number, .start = courier(parts, i)});
    // Closing handshakes take up to gateway_deadlines.closing.
    spec.children.push_back({.id = "connections/" + number, .start = connection_group(parts, i), .shutdown = 5s});
  }
  return spec;
}

// The listening sockets outlive their listeners, so a restart loses nobody who waits in the kernel's queue.
supervisor_spec listener_tree(server_parts& parts) {
  return {.name = "listeners",
          .limit = {3, 5s},
          .children = per_worker(parts, "listener/", listener),
          .observe = observer_of(parts)};
}

} // namespace

// rest_for_one: what stands lower in the list relies on what stands above it. Processes restart in place, so a
// crash takes nobody along; only one that has used up its restarts ends, and then those that relied on it start
// again too. Listeners come late, so they stop early: that is what drains.
supervisor_spec root_spec(server_parts& parts, control_server& control) {
  const auto group = [](std::string id, supervisor_spec spec) {
    return child_spec{.id = std::move(id), .start = start_supervisor(std::move(spec)), .kind = child_kind::supervisor};
  };
  return {.name = "root",
          .how = strategy::rest_for_one,
          .limit = {3, 60s},
          .children = {group("rooms", room_tree(parts)),
                       {.id = "registry", .start = registry(parts)},
                       group("connections", connection_tree(parts)),
                       group("listeners", listener_tree(parts)),
                       {.id = "admin", .start = admin_start(parts, control)}},
          .observe = observer_of(parts)};
}

} // namespace lintel::app
