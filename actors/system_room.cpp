#include "actors/system_room.hpp"

namespace lintel::actors {

system_room::system_room(caf::actor_config& config, std::string topic, room_supervisor& supervisor, room_limits limits,
                         const address_book& book, system_desk& desk)
    : room_actor(config, std::move(topic), supervisor, limits, book), desk_(desk) {}

handled system_room::handle(letter_ptr& mail) {
  if (mail->kind != letter_kind::system_news)
    return room_actor::handle(mail);
  broadcast(protocol::broadcast::make(static_cast<system_news&>(*mail).message));
  return handled::done;
}

void system_room::push(letter_ptr& mail) {
  const auto& request = static_cast<client_request&>(*mail);
  if (request.message->view().event == "ping")
    room_actor::push(mail);
  else
    desk_.ask(request.from, request.message, request.who);
}

// Also for a second member, who would otherwise wait for the next change.
void system_room::members_changed() {
  if (members() > 0)
    desk_.watch(topic(), this);
  else
    desk_.unwatch(topic(), *this);
}

std::vector<presence_news> system_room::greet(const client_request&, const protocol::presence_params&) {
  auto past = desk_.past_of(topic());
  if (past.empty())
    return {};
  return {{"history", std::move(past)}};
}

void system_room::ended(const caf::error& reason) noexcept {
  desk_.unwatch(topic(), *this);
  room_actor::ended(reason);
}

} // namespace lintel::actors
