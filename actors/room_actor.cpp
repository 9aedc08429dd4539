#include "actors/room_actor.hpp"

#include "protocol/broadcast.hpp"

#include <stdexcept>

namespace lintel::actors {

room_actor::room_actor(caf::actor_config& config, std::string topic, room_supervisor& supervisor, room_limits limits,
                       const address_book& book)
    : light_process(config, anywhere), topic_(std::move(topic)), supervisor_(&supervisor), limits_(limits), book_(book),
      roster_(book.workers()) {}

room_actor::~room_actor() = default;

handled room_actor::handle(letter_ptr& mail) {
  switch (mail->kind) {
  case letter_kind::room_join: join(static_cast<client_request&>(*mail)); break;
  case letter_kind::room_leave: leave(static_cast<room_leave&>(*mail)); break;
  case letter_kind::room_push: push(static_cast<client_request&>(*mail)); break;
  case letter_kind::retire: return handled::end;
  default: pool().count(counter::unhandled);
  }
  return handled::done;
}

void room_actor::join(const client_request& request) {
  ++joins_seen_;
  const auto worker = request.from.worker;
  if (request.is_member_already) {
    const auto& leg = roster_.on(worker).leg;
    answer(worker, std::make_unique<join_settled>(request, leg, leg ? "" : "room closed"));
    if (roster_.members() == 0) // a member of a room that had this topic before us
      ask_to_retire();
    return;
  }
  if (roster_.members() >= limits_.members_max) {
    answer(worker, std::make_unique<join_settled>(request, nullptr, "room is full"));
    return;
  }
  const auto& leg = roster_.add(worker, [&] { return room_leg_ptr{new room_leg{this, topic_, worker}}; });
  members_.store(roster_.members(), std::memory_order_relaxed);
  answer(worker, std::make_unique<join_settled>(request, leg));
  members_changed();
}

void room_actor::leave(const room_leave& request) {
  const auto worker = request.from.worker;
  if (request.request)
    answer(worker, std::make_unique<leave_settled>(request));
  member_gone(worker);
}

void room_actor::member_gone(std::uint16_t worker) {
  roster_.remove(worker);
  members_.store(roster_.members(), std::memory_order_relaxed);
  members_changed();
  if (roster_.members() == 0)
    ask_to_retire();
}

// The registry knows whether a join is on its way; only it can close the door without losing somebody behind it.
void room_actor::ask_to_retire() {
  if (auto registry = book_.registry())
    registry->post(std::make_unique<retire_request>(this, topic_, joins_seen_));
}

void room_actor::push(const client_request& request) {
  if (limits_.takes_chaos_events && request.message->view().event == "chaos:crash_room")
    throw std::runtime_error{"crash asked for by a member"};
  if (request.message->view().event == "ping")
    answer(request.from.worker, std::make_unique<request_settled>(request, ""));
  else
    broadcast(protocol::broadcast::make(request.message), &request);
}

// One post per worker that has members; the sender's carries the answer too, so both leave in one send.
void room_actor::broadcast(const protocol::broadcast_ptr& message, const client_request* answered) {
  pool().count(counter::broadcasts);
  bool is_answered = answered == nullptr || answered->message->view().ref.is_null();
  for (const auto& [leg, members] : roster_.legs()) {
    if (members == 0)
      continue;
    auto post = std::make_unique<room_delivery>(leg, message);
    if (!is_answered && leg->worker == answered->from.worker) {
      post->answer_to = answered->from;
      post->answered = answered->message;
      is_answered = true;
    }
    answer(leg->worker, std::move(post));
  }
}

// A request that died with its incarnation, or that nobody is left to handle. Leaving always succeeds.
void room_actor::refuse(letter& mail) noexcept {
  switch (mail.kind) {
  case letter_kind::room_join: {
    auto& request = static_cast<client_request&>(mail);
    answer(request.from.worker, std::make_unique<join_settled>(request, nullptr, "join crashed"));
    break;
  }
  case letter_kind::room_push:
    answer(static_cast<client_request&>(mail).from.worker,
           std::make_unique<request_settled>(static_cast<client_request&>(mail), "crashed"));
    break;
  case letter_kind::room_leave: leave(static_cast<room_leave&>(mail)); break;
  default: break;
  }
}

supervisors::verdict room_actor::failed(const exit_report& report) { return supervisor_->judge(*this, report.how); }

std::chrono::nanoseconds room_actor::wait_for_turn() { return supervisor_->pacer().wait(worker::clock::now()); }

void room_actor::ended(const caf::error& reason) noexcept {
  if (reason) {
    for (const auto& [leg, members] : roster_.legs())
      if (members > 0)
        answer(leg->worker, std::make_unique<room_gone>(leg));
    if (auto registry = book_.registry())
      registry->post(std::make_unique<retire_request>(this, topic_, retire_request::already_ended));
  }
  roster_.clear(); // the legs hold us, we hold the legs
  supervisor_->forget(*this);
}

} // namespace lintel::actors
