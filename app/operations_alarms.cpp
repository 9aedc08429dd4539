// The part of operations that tells what is wrong now, and how much there is of everything.

#include "actors/connection_supervisor.hpp"
#include "app/operations.hpp"

#include <algorithm>

namespace lintel::app {

namespace {

using clock = std::chrono::steady_clock;

// A pacer has a lock of its own: no worker has to be asked, and none can be too busy to answer.
void add_storm(std::vector<alarm_view>& to, const actors::restart_pacer& pacer, const std::string& group) {
  if (const auto storm = pacer.alarm(clock::now()))
    to.push_back({.kind = "restart_storm", .source = group, .since = storm->since, .waiting = storm->waiting});
}

void add_quarantined(std::vector<alarm_view>& to, const actors::room_supervisor& group) {
  const auto now = clock::now();
  const auto first = static_cast<std::ptrdiff_t>(to.size());
  for (auto& it : group.quarantined())
    if (it.until > now)
      to.push_back({.kind = "quarantine",
                    .source = std::move(it.name),
                    .since = std::max(now - it.since, clock::duration::zero()),
                    .ends_within = it.until - now});
  std::ranges::sort(to.begin() + first, to.end(), {}, &alarm_view::source);
}

} // namespace

std::vector<alarm_view> alarms_of(actors::light_process& group) {
  std::vector<alarm_view> all;
  const auto name = group.name();
  if (name.starts_with("connections/")) {
    add_storm(all, static_cast<actors::connection_supervisor&>(group).pacer(), name);
  } else if (name.starts_with("rooms/")) {
    auto& rooms = static_cast<actors::room_supervisor&>(group);
    add_storm(all, rooms.pacer(), name);
    add_quarantined(all, rooms);
  }
  return all;
}

std::vector<alarm_view> operations::alarms() {
  std::vector<alarm_view> all;
  for (const auto* prefix : {"connections/", "rooms/"})
    for (std::size_t i = 0; i < parts_.workers(); ++i)
      if (const auto group = parts_.directory.find(prefix + std::to_string(i)))
        std::ranges::move(alarms_of(*group), std::back_inserter(all));
  std::ranges::stable_sort(all, std::ranges::greater{}, &alarm_view::kind); // "restart_storm", "quarantine"
  return all;
}

gauges operations::levels() const {
  const auto since_start = [this](actors::counter more, actors::counter fewer) {
    const auto gone = total(fewer); // first: what ends between the two looks has begun before
    return total(more) - gone;
  };
  gauges now{.connections_open = since_start(actors::counter::connections_opened, actors::counter::connections_closed),
             .processes_alive = since_start(actors::counter::processes_started, actors::counter::processes_ended),
             .rooms = parts_.room_count()};
  for (std::size_t i = 0; i < parts_.workers(); ++i) {
    now.timers += parts_.runtime.pool().at(i).timers_armed();
    now.deadlines += parts_.sockets[i]->deadlines_armed();
  }
  return now;
}

} // namespace lintel::app
