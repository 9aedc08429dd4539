#include "actors/room_registry.hpp"

#include "actors/room_services.hpp"
#include "actors/system_topic.hpp"

#include <functional>

namespace lintel::actors {

namespace {

std::string_view topic_of(const letter& mail) {
  const auto& message = mail.kind == letter_kind::room_join ? static_cast<const client_request&>(mail).message
                                                            : static_cast<const room_request&>(mail).message;
  return message->view().topic;
}

} // namespace

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
  case letter_kind::room_join:
  case letter_kind::room_request: pass_on(mail); break;
  case letter_kind::retire_request: consider_retiring(static_cast<retire_request&>(*mail)); break;
  default: pool().count(counter::unhandled);
  }
  return handled::done;
}

// The letter is ours until a room has it: should anything throw here, its sender gets an answer all the same.
void room_registry::pass_on(letter_ptr& mail) {
  const std::string topic{topic_of(*mail)};
  if (!exists(*mail, topic)) {
    turn_away(*mail, "unmatched topic");
    return;
  }
  // Twice: a room that has crashed past its budget gives the letter back. Whether the topic may have another one,
  // its supervisor knows.
  for (int attempts = 0; attempts < 2; ++attempts) {
    const auto room = room_for(topic);
    if (!room) {
      turn_away(*mail, "room is quarantined");
      return;
    }
    room->expect_visit();
    mail = room->post(std::move(mail));
    if (!mail)
      return;
    rooms_.erase(topic);
  }
  turn_away(*mail, "unavailable");
}

bool room_registry::exists(const letter& mail, const std::string& topic) const {
  return mail.kind == letter_kind::room_join || // the connection has looked
         (book_.rooms() != nullptr && !is_system_topic(topic) && book_.rooms()->spaces.find(topic) != nullptr);
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
  if (request.visits_seen != retire_request::already_ended) {
    if (found->second->visits_sent() != request.visits_seen)
      return; // somebody is on the way in
    found->second->let_go();
    found->second->post(std::make_unique<retire>());
  }
  rooms_.erase(found);
}

void room_registry::refuse(letter& mail) noexcept {
  if (mail.kind == letter_kind::room_join || mail.kind == letter_kind::room_request)
    turn_away(mail, "unavailable");
}

void room_registry::turn_away(const letter& mail, std::string_view why) const {
  if (mail.kind == letter_kind::room_request) {
    static_cast<const room_request&>(mail).settle({.error = std::string{why}, .json = {}});
    return;
  }
  const auto& request = static_cast<const client_request&>(mail);
  book_.courier(request.from.worker).post(std::make_unique<join_settled>(request, nullptr, why));
}

supervisors::verdict room_registry::failed(const exit_report& report) {
  return ledger_.failed(id(), report.how, worker::clock::now());
}

} // namespace lintel::actors
