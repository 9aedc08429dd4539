// The part of operations that looks at connections and rooms.

#include "actors/room_actor.hpp"
#include "app/actor_status.hpp"
#include "app/ask_workers.hpp"
#include "app/connection_views.hpp"
#include "app/metrics.hpp"
#include "app/operations.hpp"

#include <algorithm>

namespace lintel::app {

using actors::connection_id;
using gateway::socket_worker;

namespace {

using lags = std::vector<base::latency_histogram::snapshot>;

room_view view_of(const actors::room_actor& room, const std::vector<std::string>& stuck) {
  return {room.topic(), std::string{status_of(room, stuck)}, room.members(), room.incarnation(), room.mailbox_length()};
}

} // namespace

std::vector<connection_view> operations::connections(std::size_t limit) {
  auto answers = ask_workers<std::vector<connection_view>>([limit](socket_worker& sockets) {
    std::vector<connection_view> views;
    sockets.table().for_each([&](gateway::connection& c) {
      if (views.size() < limit && is_open(c))
        views.push_back(view_of(c, sockets));
    });
    return views;
  });
  std::vector<connection_view> all;
  for (auto& answer : answers)
    if (answer)
      std::ranges::move(*answer, std::back_inserter(all));
  all.resize(std::min(all.size(), limit));
  return all;
}

std::optional<whole_connection> operations::connection(const connection_id& id) {
  auto answers = ask_workers<std::optional<whole_connection>>(
      [id, &crashes = parts_.runtime.pool().crashes()](socket_worker& sockets) {
        std::optional<whole_connection> found;
        if (auto* c = sockets.table().find(id); c != nullptr && is_open(*c))
          found = {view_of(*c, sockets), details_of(*c, sockets, crashes)};
        return found;
      },
      [id](std::size_t worker) { return worker == id.worker; });
  if (id.worker >= answers.size() || !answers[id.worker] || !*answers[id.worker])
    return std::nullopt;
  return std::move(*answers[id.worker]);
}

std::vector<room_view> operations::rooms() {
  std::vector<room_view> views;
  const auto stuck = parts_.runtime.pool().stuck_watch().stuck_actors();
  std::lock_guard lock{parts_.rooms_mutex};
  for (const auto& group : parts_.rooms)
    for (const auto& room : group->rooms())
      views.push_back(view_of(*room, stuck));
  std::ranges::sort(views, {}, &room_view::topic);
  return views;
}

std::string operations::metrics_json() const {
  const auto now = read_metrics(parts_);
  const auto restarts = now.counters[static_cast<std::size_t>(actors::counter::restarts)];
  return json_of(now, parts_.recent.restarts_per_minute(restarts), parts_.recent.last_lag().value_or(lags{}));
}

actors::process_ptr<actors::light_process> operations::find_room(const std::string& topic) {
  std::lock_guard lock{parts_.rooms_mutex};
  for (const auto& group : parts_.rooms)
    if (auto room = group->find(topic))
      return room;
  return nullptr;
}

std::vector<connection_view> operations::sample_of(std::size_t worker, std::size_t limit, std::uint64_t seed) {
  auto answers = ask_workers<std::vector<connection_view>>(
      [limit, seed](socket_worker& sockets) {
        std::vector<connection_view> views;
        auto& table = sockets.table();
        const auto slots = table.slots();
        const auto wanted = std::min(limit, table.in_use());
        for (std::uint32_t i = 0; i < slots && views.size() < wanted; ++i)
          if (auto& c = table.at(static_cast<std::uint32_t>((seed + i) % slots)); is_open(c))
            views.push_back(view_of(c, sockets));
        return views;
      },
      [worker](std::size_t i) { return i == worker; });
  return std::move(answers[worker]).value_or(std::vector<connection_view>{});
}

std::vector<room_view> operations::largest_rooms(std::size_t limit, std::string_view text,
                                                 std::optional<std::size_t> supervisor) {
  std::vector<room_view> views;
  const auto stuck = parts_.runtime.pool().stuck_watch().stuck_actors();
  {
    std::lock_guard lock{parts_.rooms_mutex};
    for (std::size_t i = 0; i < parts_.rooms.size(); ++i)
      if (parts_.rooms[i] && (!supervisor || *supervisor == i))
        for (const auto& room : parts_.rooms[i]->rooms())
          if (room->topic().find(text) != std::string::npos)
            views.push_back(view_of(*room, stuck));
  }
  const auto shown = static_cast<std::ptrdiff_t>(std::min(limit, views.size()));
  std::ranges::partial_sort(views, views.begin() + shown, std::ranges::greater{}, &room_view::members);
  views.resize(static_cast<std::size_t>(shown));
  return views;
}

// Behind the #, which no browser sends anywhere: the page takes it out of the address and exchanges it.
std::string operations::one_time_url(actors::role may) {
  return parts_.url() + "#link=" + parts_.browsers.new_link(may, page_sessions::clock::now());
}

} // namespace lintel::app
