// Who is present: what members say of themselves, and what the others are told.

#include "actors/room_actor.hpp"

#include "actors/room_presence.hpp"

namespace lintel::actors {

room_presence& room_actor::presence() {
  if (!presence_)
    presence_ = std::make_unique<room_presence>(
        rules_->presence, presence_limits{.list_bytes_max = limits_.presence_bytes_max}, roster_.members() > 0);
  return *presence_;
}

// Why a join that says this is to be refused; empty: it is not.
std::string_view room_actor::attend(const client_request& request, const protocol::presence_params& said) {
  if (!said.is_valid)
    return "invalid presence";
  if (!presence_ && !said.meta && said.key.empty())
    return {};
  return presence().join(request, said, worker::clock::now());
}

std::vector<presence_news> room_actor::greet(const client_request& request, const protocol::presence_params& said) {
  if (request.may < rules_->may_see_presence)
    return {};
  if (presence_)
    return presence_->greet(said);
  if (!said.is_asked)
    return {};
  return {{"presence_state", "{}"}};
}

void room_actor::push_presence(letter_ptr& mail) {
  const auto& request = static_cast<client_request&>(*mail);
  if (const auto error = presence().push(request, worker::clock::now()); !error.empty())
    reject(*mail, error);
  else
    answer(request.from.worker, std::make_unique<request_settled>(request.from, request.message, true, "{}"));
}

void room_actor::take_alarm(const room_alarm& alarm) {
  if (!presence_)
    return;
  presence_->rang(alarm);
  for (auto& news : presence_->take_due(worker::clock::now()))
    tell(news);
  if (roster_.members() == 0)
    ask_to_retire();
}

// Never dropped, not even where messages are: whoever misses a diff is wrong about who is there for good.
void room_actor::tell(const presence_news& news) {
  pool().count(counter::presence_told);
  const auto message = protocol::broadcast::make(
      protocol::message::copy_of({.topic = topic_, .event = news.event, .payload = {.bytes = news.payload}}));
  for (const auto& [leg, members] : roster_.legs()) {
    if (members == 0)
      continue;
    auto post = std::make_unique<room_delivery>(leg, message);
    post->is_presence = true;
    answer(leg->worker, std::move(post));
  }
}

} // namespace lintel::actors
