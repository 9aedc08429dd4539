// What the HTTP API asks rooms. Nobody waits: the room's answer sends ours.

#include "app/audit.hpp"
#include "app/broadcast_legs.hpp"
#include "app/http_api.hpp"
#include "app/publication.hpp"
#include "app/room_requests.hpp"
#include "gateway/query_string.hpp"

#include <charconv>

namespace lintel::app {

using actors::room_answer;
using actors::room_request;
using gateway::api_request;
using gateway::http_page;

namespace {

// Of the whole server. Each is a letter in the mailbox of the registry or of a room, whose members wait behind it.
constexpr std::size_t questions_max = 10'000;

// Below the patience of a connection that waits (gateway_deadlines::answer): a leg that hangs costs the others nothing.
constexpr auto leg_patience = std::chrono::seconds{5};

std::string topic_in(const api_request& request) {
  return gateway::query_value(request.query, "topic").value_or(std::string{});
}

// {"after":1,"limit":2} of ?after=1&limit=2
std::string history_query(const api_request& request) {
  std::string json = "{";
  for (const std::string key : {"after", "before", "limit"}) {
    const auto text = gateway::query_value(request.query, key);
    if (!text)
      continue;
    std::uint64_t number = 0;
    const auto* const end = text->data() + text->size();
    if (const auto read = std::from_chars(text->data(), end, number); read.ec != std::errc{} || read.ptr != end)
      throw bad_request{"\"" + key + "\" must be a whole number"};
    json += (json.size() > 1 ? ",\"" : "\"") + key + "\":" + std::to_string(number);
  }
  return json + "}";
}

} // namespace

bool http_api::take_places(std::size_t count) noexcept {
  if (asking_.fetch_add(count, std::memory_order_relaxed) + count <= questions_max)
    return true;
  asking_.fetch_sub(count, std::memory_order_relaxed);
  return false;
}

std::optional<http_page> http_api::ask_one(const api_request& request, room_request::order what,
                                           protocol::message_ptr message, std::function<void()> done) {
  if (!take_places(1))
    throw overloaded{"too many requests wait for their rooms"};
  ask_room(parts_.book, what, std::move(message),
           [this, to = request.from, done = std::move(done)](const room_answer& answer) {
             if (done && answer.error.empty())
               done();
             asking_.fetch_sub(1, std::memory_order_relaxed);
             send(to, answer.error.empty() ? result_page(answer.json) : refusal_page(refusal_of(answer.error)));
           });
  return std::nullopt;
}

std::optional<http_page> http_api::publish(const api_request& request) {
  return ask_one(request, room_request::order::publish, read_publication(request.body, parts_.config.gateway.messages));
}

std::optional<http_page> http_api::broadcast(const api_request& request) {
  const auto messages = read_publications(request.body, parts_.config.gateway.messages);
  if (!take_places(messages.size()))
    throw overloaded{"too many requests wait for their rooms"};
  std::vector<std::string> topics;
  for (const auto& message : messages)
    topics.emplace_back(message->view().topic);
  auto legs = std::make_shared<broadcast_legs>(
      std::move(topics), [this, to = request.from](const std::string& json) { send(to, result_page(json)); });
  desk_.call_at(api_desk::clock::now() + leg_patience, [waiting = std::weak_ptr{legs}] {
    if (const auto late = waiting.lock())
      late->give_up();
  });
  for (std::size_t leg = 0; leg < messages.size(); ++leg)
    ask_room(parts_.book, room_request::order::publish, messages[leg], [this, legs, leg](room_answer answer) {
      asking_.fetch_sub(1, std::memory_order_relaxed);
      legs->settle(leg, std::move(answer));
    });
  return std::nullopt;
}

std::optional<http_page> http_api::history(const api_request& request) {
  return ask_one(request, room_request::order::history, question_about(topic_in(request), history_query(request)));
}

std::optional<http_page> http_api::presence(const api_request& request) {
  return ask_one(request, room_request::order::presence, question_about(topic_in(request)));
}

std::optional<http_page> http_api::reset(const api_request& request) {
  return ask_one(
      request, room_request::order::reset, question_about(topic_in(request)),
      [topic = topic_in(request), source = "HTTP API " + request.peer] { audit("reset", topic, 1, source); });
}

} // namespace lintel::app
