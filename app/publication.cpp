#include "app/publication.hpp"

#include "app/json_slices.hpp"
#include "app/request_refused.hpp"
#include "protocol/decoder.hpp"
#include "protocol/topic_name.hpp"

namespace lintel::app {

namespace {

constexpr std::size_t publications_max = 1000; // each is a letter in a room's mailbox

struct draft {
  std::string topic;
  std::string event;
  std::string_view payload;
  std::string_view idem; ///< as JSON
};

std::string text_in(const json_member& member) {
  if (auto text = string_of(member.value))
    return *text;
  throw bad_request{"\"" + member.key + "\" must be a string"};
}

std::vector<json_member> object_in(std::string_view text) {
  if (auto members = members_of(text))
    return *members;
  throw bad_request{"a JSON object is needed, in UTF-8, with no member twice"};
}

std::vector<std::string_view> list_in(const json_member& member) {
  auto elements = elements_of(member.value);
  if (!elements || elements->empty() || elements->size() > publications_max)
    throw bad_request{"\"" + member.key + "\" must be a list of 1 to " + std::to_string(publications_max)};
  return *elements;
}

bad_request unknown_member(const json_member& member) {
  return bad_request{"unknown member " + (protocol::is_name(member.key) ? '"' + member.key + '"' : std::string{})};
}

// False: it is none of these.
bool take_member(draft& into, const json_member& member) {
  if (member.key == "topic")
    into.topic = text_in(member);
  else if (member.key == "event")
    into.event = text_in(member);
  else if (member.key == "payload")
    into.payload = member.value;
  else if (member.key == "idem")
    into.idem = member.value;
  else
    return false;
  return true;
}

// Where rooms look for it: among the payload's members.
std::string with_idem(std::string_view payload, std::string_view idem) {
  const auto inside = payload.substr(1, payload.size() - 2);
  const bool is_alone = inside.find_first_not_of(" \t\r\n") == std::string_view::npos;
  return std::string{R"({"idem":)"}.append(idem).append(is_alone ? "" : ",").append(inside).append("}");
}

protocol::message_ptr message_of(const draft& from, protocol::decoder& decoder,
                                 const protocol::message_limits& limits) {
  if (!protocol::is_name(from.topic))
    throw bad_request{"\"topic\" must be 1 to 255 of the characters that topics are made of"};
  if (!protocol::is_name(from.event))
    throw bad_request{"\"event\" must be 1 to 255 of the characters that events are made of"};
  if (from.event.starts_with("phx_") || protocol::is_reserved_event(from.event))
    throw bad_request{"this event is reserved: the server alone sends it"};
  if (!from.payload.starts_with('{'))
    throw bad_request{"\"payload\" must be an object"};
  std::string text = "[null,null,\"" + from.topic + "\",\"" + from.event + "\",";
  text.append(from.idem.empty() ? from.payload : with_idem(from.payload, from.idem)).append("]");
  if (text.size() > limits.message_bytes_max)
    throw request_refused{413, "too_large", "a message of so many bytes could be sent by no client either"};
  const auto read = decoder.decode_text(text, protocol::wire_format::json_v2);
  if (read.error != protocol::decode_errc::ok)
    throw bad_request{"the payload is refused: " + std::string{protocol::describe(read.error)}};
  return protocol::message::copy_of(read.message);
}

protocol::message_ptr read_one(std::string_view object, protocol::decoder& decoder,
                               const protocol::message_limits& limits) {
  draft read;
  for (const auto& member : object_in(object))
    if (!take_member(read, member))
      throw unknown_member(member);
  return message_of(read, decoder, limits);
}

} // namespace

protocol::message_ptr read_publication(std::string_view object, const protocol::message_limits& limits) {
  protocol::decoder decoder{limits};
  return read_one(object, decoder, limits);
}

std::vector<protocol::message_ptr> read_publications(std::string_view object, const protocol::message_limits& limits) {
  draft shared;
  std::vector<std::string_view> messages;
  std::vector<std::string_view> topics;
  bool is_shared = false;
  for (const auto& member : object_in(object)) {
    if (member.key == "messages")
      messages = list_in(member);
    else if (member.key == "topics")
      topics = list_in(member);
    else if (member.key != "topic" && member.key != "idem" && take_member(shared, member))
      is_shared = true;
    else
      throw unknown_member(member);
  }
  if (messages.empty() == topics.empty() || (is_shared && topics.empty()))
    throw bad_request{"either \"messages\", or \"topics\" with one \"event\" and \"payload\""};
  protocol::decoder decoder{limits};
  std::vector<protocol::message_ptr> out;
  for (const auto message : messages)
    out.push_back(read_one(message, decoder, limits));
  for (const auto topic : topics) {
    shared.topic = text_in({"topics", topic});
    out.push_back(message_of(shared, decoder, limits));
  }
  return out;
}

protocol::message_ptr question_about(std::string_view topic, std::string_view json) {
  if (!protocol::is_name(topic))
    throw bad_request{"which topic? It is 1 to 255 of the characters that topics are made of"};
  return protocol::message::copy_of({.topic = topic, .event = "question", .payload = {.bytes = json}});
}

} // namespace lintel::app
