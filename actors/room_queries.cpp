// What a room is asked: its history, by members and by those who are none.

#include "actors/room_actor.hpp"

#include "actors/room_presence.hpp"
#include "actors/room_services.hpp"
#include "protocol/transcode.hpp"

namespace lintel::actors {

namespace {

constexpr std::uint32_t pages_under_way_max = 32; // of one room: a client may ask faster than a disk reads

} // namespace

void room_actor::take_request(letter_ptr& mail) {
  see_visit(*mail);
  const auto& request = static_cast<room_request&>(*mail);
  switch (request.what) {
  case room_request::order::publish: publish(mail, protocol::message_ptr{request.message}); break;
  case room_request::order::history:
    if (history_)
      read_history(mail, request.message->view().payload);
    else
      reject(*mail, "no history is kept");
    break;
  case room_request::order::presence:
    if (rules_->presence.is_on)
      request.settle({.error = {}, .json = presence_ ? presence_->summary() : R"({"presence":{},"count":0})"});
    else
      reject(*mail, "presence is off");
    break;
  case room_request::order::reset: reset(mail); break;
  }
  if (roster_.members() == 0)
    ask_to_retire();
}

// No reply unless it is wrong: at-least-once costs a client no more than it has to.
void room_actor::acknowledge(const client_request& request) {
  const auto offset = protocol::acknowledged_in(request.message->view().payload);
  const auto settle = [&](std::string_view error) {
    answer(request.from.worker, std::make_unique<request_settled>(request, error));
  };
  if (!offset)
    settle("invalid offset");
  else if (!request.who || request.who->sid.empty())
    settle("acknowledging needs a session");
  else if (!history_->acknowledge(request.who->sid, *offset))
    settle("acknowledges what was not sent");
}

/// `mail` is a room_push or a room_request.
void room_actor::read_history(letter_ptr& mail, const protocol::payload_view& payload) {
  if (mail->kind == letter_kind::room_push && static_cast<client_request&>(*mail).may < rules_->may_read_history) {
    reject(*mail, "unauthorized");
    return;
  }
  const auto query = protocol::history_query_in(payload);
  if (!query) {
    reject(*mail, "invalid query");
    return;
  }
  const auto which = history_->bounded(*query);
  if (history_->holds(which)) {
    answer_history(*mail, history_->visible().read(which));
    return;
  }
  if (pages_under_way_ >= pages_under_way_max) {
    reject(*mail, "overloaded");
    return;
  }
  auto held = std::make_shared<letter_ptr>(std::move(mail));
  try {
    history_->log().read(topic_, which, [held, room = process_ptr<room_actor>{this}](history::read_entries found) {
      if (auto back = room->post(std::make_unique<history_page>(held, std::move(found))))
        room->reject(*static_cast<history_page&>(*back).request, "unavailable"); // it is over
    });
  } catch (...) {
    mail = std::move(*held);
    throw;
  }
  ++pages_under_way_;
}

void room_actor::see_page(history_page& page) noexcept {
  if (!std::exchange(page.is_visit_seen, true))
    --pages_under_way_;
}

void room_actor::take_page(history_page& page) {
  see_page(page);
  switch (page.read.error) {
  case history::log_error::none: answer_history(*page.request, page.read.entries); break;
  case history::log_error::damaged: reject(*page.request, "history is damaged"); break;
  default: reject(*page.request, "storage unavailable");
  }
  if (roster_.members() == 0)
    ask_to_retire();
}

void room_actor::answer_history(letter& request, const std::vector<history::entry>& found) {
  auto json = R"({"epoch":")" + history_->epoch() + R"(","offset":)" + std::to_string(history_->visible().last()) +
              R"(,"messages":[)";
  for (const auto& [offset, at_ms, message] : found) {
    json += json.ends_with('[') ? R"({"offset":)" : R"(,{"offset":)";
    json += std::to_string(offset) + R"(,"at":)" + std::to_string(at_ms) + R"(,"event":)";
    protocol::append_json_string(json, message->view().event);
    json += R"(,"payload":)";
    protocol::append_json(json, message->view().payload);
    json += '}';
  }
  json += "]}";
  if (request.kind == letter_kind::room_request) {
    static_cast<room_request&>(request).settle({.error = {}, .json = std::move(json)});
    return;
  }
  const auto& push = static_cast<client_request&>(request);
  answer(push.from.worker, std::make_unique<request_settled>(push.from, push.message, true, std::move(json)));
}

void room_actor::reset(letter_ptr& mail) {
  if (!history_) {
    reject(*mail, "no history is kept");
  } else if (history_->is_waiting() || history_->is_beginning_anew() || pages_under_way_ > 0) {
    reject(*mail, "messages are on their way; try again");
  } else {
    history_->begin_anew(*this, mail);
    if (!history_->is_durable())
      tell_reset();
  }
}

// Those who count offsets must not take the new ones for the old.
void room_actor::tell_reset() {
  const auto request = history_->take_reset();
  if (!request)
    return;
  for (const auto& [leg, members] : roster_.legs())
    if (members > 0)
      answer(leg->worker, std::make_unique<stream_reset>(leg, history_->epoch()));
  static_cast<room_request&>(*request).settle({.error = {}, .json = R"({"epoch":")" + history_->epoch() + R"("})"});
}

} // namespace lintel::actors
