#include "actors/room_registry.hpp"

#include <functional>

namespace lintel::actors {

room_registry::room_registry(caf::actor_config& config, std::vector<process_ptr<room_supervisor>> supervisors,
                             const address_book& book, supervisors::restart_budget budget)
    : light_process(config, anywhere), supervisors_(std::move(supervisors)), book_(book),
      ledger_(std::move(budget), id()) {}

room_registry::~room_registry() = default;

void room_registry::begin_incarnation() {
  for (const auto& supervisor : supervisors_)
    for (auto& room : supervisor->rooms())
      if (!room->is_let_go() && room->status() != process_status::ended)
        rooms_.insert_or_assign(room->topic(), std::move(room));
}

handled room_registry::handle(letter_ptr& mail) {
  switch (mail->kind) {
  case letter_kind::room_join: pass_on(mail); break;
  case letter_kind::retire_request: consider_retiring(static_cast<retire_request&>(*mail)); break;
  default: pool().count(counter::unhandled);
  }
  return handled::done;
}

// The letter is ours until a room has it: should anything throw here, its sender gets an answer all the same.
void room_registry::pass_on(letter_ptr& mail) {
  const std::string topic{static_cast<client_request&>(*mail).message->view().topic};
  // Twice: a room that has crashed past its budget gives the letter back. Whether the topic may have another one,
  // its supervisor knows.
  for (int attempts = 0; attempts < 2; ++attempts) {
    const auto room = room_for(topic);
    if (!room) {
      turn_away(*mail, "room is quarantined");
      return;
    }
    room->expect_join();
    mail = room->post(std::move(mail));
    if (!mail)
      return;
    rooms_.erase(topic);
  }
  turn_away(*mail, "unavailable");
}

process_ptr<room_actor> room_registry::room_for(const std::string& topic) {
  if (auto found = rooms_.find(topic); found != rooms_.end())
    return found->second;
  auto& supervisor = *supervisors_[std::hash<std::string>{}(topic) % supervisors_.size()];
  if (supervisor.is_quarantined(topic))
    return nullptr;
  return rooms_[topic] = supervisor.start_room(topic);
}

void room_registry::consider_retiring(const retire_request& request) {
  auto found = rooms_.find(request.topic);
  if (found == rooms_.end() || found->second != request.room)
    return;
  if (request.joins_seen != retire_request::already_ended) {
    if (found->second->joins_sent() != request.joins_seen)
      return; // somebody is on the way in
    found->second->let_go();
    found->second->post(std::make_unique<retire>());
  }
  rooms_.erase(found);
}

void room_registry::refuse(letter& mail) noexcept {
  if (mail.kind == letter_kind::room_join)
    turn_away(mail, "unavailable");
}

void room_registry::turn_away(const letter& join, std::string_view why) const {
  const auto& request = static_cast<const client_request&>(join);
  book_.courier(request.from.worker).post(std::make_unique<join_settled>(request, nullptr, why));
}

supervisors::verdict room_registry::failed(const exit_report& report) {
  return ledger_.failed(id(), report.how, worker::clock::now());
}

} // namespace lintel::actors
