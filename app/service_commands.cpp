#include "app/service_commands.hpp"

#include "app/audit.hpp"
#include "app/json_slices.hpp"
#include "app/publication.hpp"
#include "app/request_refused.hpp"
#include "protocol/transcode.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace lintel::app {

using actors::room_request;
using rapidjson::Value;

namespace {

void write_object(json_writer& out, const std::string& json) {
  out.RawValue(json.data(), json.size(), rapidjson::kObjectType);
}

// The members of `text` that `known` names, as they came.
template <std::size_t N>
std::string members_in(std::string_view text, const std::array<std::string_view, N>& known) {
  const auto members = members_of(text);
  if (!members)
    throw bad_request{"a request names a member once, in UTF-8"};
  std::string out = "{";
  for (const auto& member : *members)
    if (std::ranges::find(known, member.key) != known.end())
      out.append(out.size() > 1 ? ",\"" : "\"").append(member.key).append("\":").append(member.value);
  return out + "}";
}

std::string text_in(const Value& request, const char* key) {
  const auto found = request.FindMember(key);
  return found != request.MemberEnd() && found->value.IsString()
             ? std::string{found->value.GetString(), found->value.GetStringLength()}
             : std::string{};
}

std::string ask(operations& server, room_request::order what, const Value& request, std::string_view query = "{}") {
  return server.ask_room(what, question_about(text_in(request, "topic"), query));
}

std::vector<std::string> ids_in(const Value& request) {
  std::vector<std::string> ids;
  if (auto id = text_in(request, "id"); !id.empty())
    ids.push_back(std::move(id));
  if (const auto list = request.FindMember("ids"); list != request.MemberEnd() && list->value.IsArray())
    for (const auto& id : list->value.GetArray())
      if (id.IsString())
        ids.emplace_back(id.GetString());
  return ids;
}

void disconnect(json_writer& out, operations& server, const Value& request, std::string_view asker) {
  const auto ids = ids_in(request);
  const auto user = text_in(request, "user");
  if (ids.empty() == user.empty())
    throw bad_request{"whom? Give \"id\", \"ids\" or \"user\""};
  const auto closed = user.empty() ? server.disconnect(ids) : server.disconnect_user(user);
  if (closed == 0 && server.missing().empty())
    throw not_found{"no such connection is open; `connections` lists those that are"};
  audit("disconnect", user.empty() ? first_of(ids) : "user " + user, closed, asker);
  out.StartObject();
  put(out, "disconnected", closed);
  out.EndObject();
}

} // namespace

bool run_service_command(json_writer& out, operations& server, const rapidjson::Document& request,
                         std::string_view text, std::string_view asker) {
  if (!request.IsObject())
    return false;
  const auto name = text_in(request, "command");
  if (name == "publish") {
    constexpr std::array<std::string_view, 4> members{"topic", "event", "payload", "idem"};
    write_object(out, server.ask_room(room_request::order::publish,
                                      read_publication(members_in(text, members), server.message_limits())));
  } else if (name == "history") {
    constexpr std::array<std::string_view, 3> members{"after", "before", "limit"};
    write_object(out, ask(server, room_request::order::history, request, members_in(text, members)));
  } else if (name == "presence") {
    write_object(out, ask(server, room_request::order::presence, request));
  } else if (name == "reset") {
    write_object(out, ask(server, room_request::order::reset, request));
    audit("reset", text_in(request, "topic"), 1, asker);
  } else if (name == "disconnect") {
    disconnect(out, server, request, asker);
  } else if (name == "drain") {
    out.StartObject();
    const auto open = server.drain();
    audit("drain", "all connections", open, asker);
    put(out, "draining", open);
    out.EndObject();
  } else {
    return false;
  }
  return true;
}

} // namespace lintel::app
