// The part of operations that looks through all connections: for some text, or for those that have most waiting.

#include "app/ask_workers.hpp"
#include "app/connection_views.hpp"
#include "app/operations.hpp"

#include <algorithm>
#include <utility>

namespace lintel::app {

using gateway::socket_worker;

namespace {

constexpr std::size_t searched_max = 100'000;  // per worker: a page asks with every letter that is typed
constexpr std::uint32_t slots_per_turn = 4096; // some 0.4 ms; then the sockets have their turn

bool is_about(const gateway::connection& c, const socket_worker& sockets, std::string_view text) {
  if (const auto identity = sockets.identity_of(c.session); identity && identity->user.starts_with(text))
    return true;
  return std::ranges::any_of(c.session.channels,
                             [text](const auto& ch) { return ch.topic().find(text) != std::string_view::npos; });
}

// Where one worker's search stands.
struct place {
  std::uint32_t next_slot = 0;
  std::size_t scanned = 0;
  std::size_t open = 0;
  std::size_t wanted = 0; ///< so many more
  bool is_over = false;
};
struct slice {
  place at;
  std::vector<connection_view> found;
};

slice look_further(place at, socket_worker& sockets, std::string_view text) {
  slice next;
  const auto slots = sockets.table().slots();
  const auto end = std::min(slots, at.next_slot + slots_per_turn);
  while (at.next_slot < end && at.scanned < searched_max && at.wanted > 0) {
    auto& c = sockets.table().at(at.next_slot++);
    if (!is_open(c))
      continue;
    ++at.scanned;
    if (is_about(c, sockets, text)) {
      next.found.push_back(view_of(c, sockets));
      --at.wanted;
    }
  }
  const bool has_seen_all = at.next_slot >= slots;
  at.is_over = has_seen_all || at.scanned == searched_max || at.wanted == 0;
  // A WebSocket that is closing is none to look at, but still counted: whoever has looked at all says so.
  at.open = has_seen_all ? at.scanned : std::max(at.scanned, open_here());
  next.at = at;
  return next;
}

// A letter weighs as much as a kilobyte.
std::size_t waiting_at(const gateway::connection& c) {
  return c.actor->mailbox_length() * std::size_t{1024} + (c.out ? c.out->bytes() : 0);
}
std::size_t waiting_at(const connection_view& v) { return v.mailbox * std::size_t{1024} + v.outbox_bytes; }

} // namespace

found_connections operations::search(std::string_view text, std::size_t limit) {
  if (const auto id = actors::parse_connection_id(std::string{text})) {
    auto one = connection(*id);
    return one ? found_connections{{std::move(one->view)}, 1, 1} : found_connections{};
  }
  std::vector<place> places(workers(), place{.wanted = limit});
  found_connections all;
  while (std::ranges::any_of(places, [](const place& each) { return !each.is_over; })) {
    auto answers =
        ask_workers<slice>([places, text = std::string{text}](
                               socket_worker& sockets) { return look_further(places[sockets.index()], sockets, text); },
                           [&places](std::size_t worker) { return !places[worker].is_over; });
    for (std::size_t i = 0; i < answers.size(); ++i) {
      places[i].is_over = true; // unless it says otherwise
      if (!answers[i])
        continue;
      places[i] = answers[i]->at;
      std::ranges::move(answers[i]->found, std::back_inserter(all.connections));
    }
  }
  for (const auto& each : places) {
    all.scanned += each.scanned;
    all.open += each.open;
  }
  all.connections.resize(std::min(all.connections.size(), limit));
  return all;
}

// Each worker sends the views of its own first few alone.
std::vector<connection_view> operations::busiest(std::size_t limit) {
  const auto by_waiting = std::ranges::greater{};
  auto answers = ask_workers<std::vector<connection_view>>([limit, by_waiting](socket_worker& sockets) {
    std::vector<std::pair<std::size_t, gateway::connection*>> first; // a heap: the least of them in front
    sockets.table().for_each([&](gateway::connection& c) {
      if (!is_open(c))
        return;
      const std::pair<std::size_t, gateway::connection*> next{waiting_at(c), &c};
      if (first.size() == limit && next.first <= first.front().first)
        return;
      if (first.size() == limit) {
        std::ranges::pop_heap(first, by_waiting, [](const auto& each) { return each.first; });
        first.pop_back();
      }
      first.push_back(next);
      std::ranges::push_heap(first, by_waiting, [](const auto& each) { return each.first; });
    });
    std::vector<connection_view> views;
    for (const auto& [waiting, c] : first)
      views.push_back(view_of(*c, sockets));
    return views;
  });
  std::vector<connection_view> all;
  for (auto& answer : answers)
    if (answer)
      std::ranges::move(*answer, std::back_inserter(all));
  const auto shown = static_cast<std::ptrdiff_t>(std::min(limit, all.size()));
  std::ranges::partial_sort(all, all.begin() + shown, by_waiting, [](const auto& each) { return waiting_at(each); });
  all.resize(static_cast<std::size_t>(shown));
  return all;
}

} // namespace lintel::app
