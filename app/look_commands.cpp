#include "app/look_commands.hpp"

#include "app/request_refused.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace lintel::app {

using rapidjson::Value;

namespace {

constexpr std::size_t shown_by_default = 50;
constexpr std::size_t shown_max = 1000;

std::size_t limit_in(const Value& request) {
  const auto found = request.FindMember("limit");
  if (found == request.MemberEnd())
    return shown_by_default;
  if (!found->value.IsUint64())
    throw bad_request{"\"limit\" must be a number of rows"};
  return std::min<std::size_t>(found->value.GetUint64(), shown_max);
}

std::string_view text_in(const Value& request, const char* key) {
  const auto found = request.FindMember(key);
  return found != request.MemberEnd() && found->value.IsString()
             ? std::string_view{found->value.GetString(), found->value.GetStringLength()}
             : std::string_view{};
}

std::uint64_t seed_in(const Value& request) {
  const auto found = request.FindMember("seed");
  return found != request.MemberEnd() && found->value.IsUint64() ? found->value.GetUint64() : 0;
}

void write_rooms(json_writer& out, const std::vector<room_view>& rooms) {
  out.Key("rooms");
  out.StartArray();
  for (const auto& room : rooms)
    write(out, room);
  out.EndArray();
}

void write_connections(json_writer& out, const std::vector<connection_view>& connections) {
  out.Key("connections");
  out.StartArray();
  for (const auto& each : connections)
    write(out, each);
  out.EndArray();
}

// "connections/3" → 3
std::optional<std::size_t> number_after(std::string_view prefix, std::string_view name) {
  std::size_t number = 0;
  if (!name.starts_with(prefix))
    return std::nullopt;
  name.remove_prefix(prefix.size());
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc{} && end == name.data() + name.size() ? std::optional{number} : std::nullopt;
}

} // namespace

void sample(json_writer& out, operations& server, const Value& request, std::string_view) {
  const auto group = text_in(request, "group");
  out.StartObject();
  put(out, "group", group);
  if (const auto worker = number_after("connections/", group); worker && *worker < server.workers())
    write_connections(out, server.sample_of(*worker, limit_in(request), seed_in(request)));
  else if (const auto index = number_after("rooms/", group); index && *index < server.workers())
    write_rooms(out, server.largest_rooms(limit_in(request), {}, *index));
  else
    throw bad_request{"no such group: " + std::string{group} + "; `tree` has connections/0, rooms/0 ..."};
  out.EndObject();
}

void search(json_writer& out, operations& server, const Value& request, std::string_view) {
  const auto text = text_in(request, "text");
  if (text.empty())
    throw bad_request{"what for? Give \"text\": an id, or a part of a topic"};
  const auto limit = limit_in(request);
  const auto found = server.search(text, limit);
  out.StartObject();
  put(out, "text", text);
  put(out, "scanned", found.scanned);
  put(out, "open", found.open);
  write_connections(out, found.connections);
  write_rooms(out, server.largest_rooms(limit, text));
  out.EndObject();
}

} // namespace lintel::app
