#include "app/operations.hpp"

#include "actors/room_actor.hpp"
#include "app/ask_workers.hpp"
#include "app/connection_views.hpp"

#include <algorithm>
#include <random>
#include <unordered_map>

namespace lintel::app {

using actors::connection_id;
using actors::control_letter;
using gateway::connection;
using gateway::socket_worker;

namespace {

bool strike(actors::light_process& target, control_letter::order what, actors::stall_plan how = {}) {
  return target.post(std::make_unique<control_letter>(what, how)) == nullptr;
}

} // namespace

operations::operations(server_parts& parts, caf::actor root) : parts_(parts), root_(std::move(root)) {}

std::vector<std::string> operations::strike(order what, const std::vector<std::string>& names, actors::stall_plan how) {
  std::vector<std::string> unknown;
  std::vector<connection_id> ids;
  for (const auto& name : names) {
    if (auto id = actors::parse_connection_id(name))
      ids.push_back(*id);
    else if (!strike_system_process(what, name, how))
      unknown.push_back(name);
  }
  if (ids.empty())
    return unknown;
  auto answers = ask_workers<std::vector<connection_id>>(
      [ids, what, how](socket_worker& sockets) {
        std::vector<connection_id> struck;
        for (const auto& id : ids)
          if (id.worker == sockets.index())
            if (auto* c = sockets.table().find(id); c != nullptr && is_open(*c) && app::strike(*c->actor, what, how))
              struck.push_back(id);
        return struck;
      },
      [&ids](std::size_t worker) {
        return std::ranges::any_of(ids, [worker](const auto& id) { return id.worker == worker; });
      });
  for (const auto& id : ids) {
    const bool is_struck = id.worker < answers.size() && answers[id.worker] &&
                           std::ranges::find(*answers[id.worker], id) != answers[id.worker]->end();
    if (!is_struck)
      unknown.push_back(to_string(id));
  }
  return unknown;
}

bool operations::strike_system_process(order what, const std::string& name, actors::stall_plan how) {
  if (auto process = parts_.directory.find(name))
    return app::strike(*process, what, how);
  if (auto room = find_room(name))
    return app::strike(*room, what, how);
  return what == order::kill && kill_static_supervisor(name);
}

std::size_t operations::strike_random_connections(order what, std::size_t count) {
  auto counts = ask_workers<std::size_t>([](socket_worker& sockets) {
    std::size_t open = 0;
    sockets.table().for_each([&](gateway::connection& c) { open += is_open(c) ? 1u : 0u; });
    return open;
  });
  // Which worker each victim sits on: a draw without replacement over all connections.
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < counts.size(); ++i)
    owners.insert(owners.end(), counts[i].value_or(0), i);
  std::mt19937_64 random{std::random_device{}()};
  std::ranges::shuffle(owners, random);
  owners.resize(std::min(count, owners.size()));
  std::vector<std::size_t> share(counts.size());
  for (auto owner : owners)
    ++share[owner];
  auto answers = ask_workers<std::size_t>([what, share, seed = random()](socket_worker& sockets) {
    std::vector<gateway::connection*> open;
    sockets.table().for_each([&](gateway::connection& c) {
      if (is_open(c))
        open.push_back(&c);
    });
    std::mt19937_64 choose{seed + sockets.index()};
    std::ranges::shuffle(open, choose);
    open.resize(std::min(open.size(), share[sockets.index()]));
    return static_cast<std::size_t>(std::ranges::count_if(open, [&](auto* c) { return app::strike(*c->actor, what); }));
  });
  std::size_t struck = 0;
  for (const auto& answer : answers)
    struck += answer.value_or(0);
  return struck;
}

std::size_t operations::strike_all_connections(order what) { return strike_random_connections(what, ~std::size_t{0}); }

std::size_t operations::strike_all_rooms(order what) {
  std::size_t struck = 0;
  std::lock_guard lock{parts_.rooms_mutex};
  for (const auto& group : parts_.rooms)
    for (const auto& room : group->rooms())
      struck += app::strike(*room, what) ? 1u : 0u;
  return struck;
}

} // namespace lintel::app
