// What operators do to clients: talk in their rooms, and send them away.

#include "app/ask_workers.hpp"
#include "app/operations.hpp"
#include "app/room_requests.hpp"

#include <algorithm>
#include <future>

namespace lintel::app {

using actors::room_answer;
using gateway::socket_worker;

namespace {

// Those who are closed come back at once, to this server or to its successor: 200 handshakes per 40 ms.
constexpr std::size_t drained_per_second = 5000;

// A message that is to be synced waits for the disk, and one behind a crash for its room's restart.
constexpr auto room_patience = std::chrono::seconds{5};

} // namespace

std::string operations::ask_room(actors::room_request::order what, protocol::message_ptr message) {
  auto promise = std::make_shared<std::promise<room_answer>>();
  auto answered = promise->get_future();
  app::ask_room(parts_.book, what, std::move(message),
                [promise](room_answer answer) { promise->set_value(std::move(answer)); });
  if (answered.wait_for(room_patience) != std::future_status::ready)
    throw request_refused{504, "timeout", "the room does not answer; what was asked for may be done all the same"};
  auto answer = answered.get();
  if (!answer.error.empty())
    throw refusal_of(answer.error);
  return std::move(answer.json);
}

std::size_t
operations::disconnect_where(std::function<bool(const socket_worker&, const gateway::connection&)> is_meant) {
  auto answers = ask_workers<std::size_t>([is_meant](socket_worker& sockets) {
    std::vector<gateway::connection*> leaving; // closing one may touch the table
    sockets.table().for_each([&](gateway::connection& c) {
      if (c.at == gateway::connection::phase::open && is_meant(sockets, c))
        leaving.push_back(&c);
    });
    for (auto* c : leaving)
      sockets.begin_closing(*c, protocol::close_reason::kicked);
    return leaving.size();
  });
  std::size_t closed = 0;
  for (const auto& answer : answers)
    closed += answer.value_or(0);
  return closed;
}

std::size_t operations::disconnect(const std::vector<std::string>& names) {
  std::vector<actors::connection_id> ids;
  for (const auto& name : names)
    if (const auto id = actors::parse_connection_id(name))
      ids.push_back(*id);
  return disconnect_where([ids](const socket_worker&, const gateway::connection& c) {
    return std::ranges::find(ids, c.session.id) != ids.end();
  });
}

std::size_t operations::disconnect_user(const std::string& user) {
  return disconnect_where([user](const socket_worker& sockets, const gateway::connection& c) {
    const auto who = sockets.identity_of(c.session);
    return who && who->user == user;
  });
}

std::uint64_t operations::drain() {
  parts_.is_ready = false;
  const auto share = std::max<std::size_t>(1, drained_per_second / parts_.workers());
  for (std::size_t i = 0; i < parts_.workers(); ++i)
    parts_.book.courier(i).post(std::make_unique<actors::worker_call>(
        [sockets = parts_.sockets[i], door = &parts_.listening[i], share] { sockets->drain(*door, share); }));
  return levels().connections_open;
}

} // namespace lintel::app
