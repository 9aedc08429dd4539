#include "app/control_commands.hpp"

#include "app/json_views.hpp"
#include "app/request_refused.hpp"
#include "app/service_commands.hpp"

#include <rapidjson/document.h>
#include <unistd.h>

#include <functional>
#include <map>

namespace lintel::app {

namespace {

using rapidjson::Value;

constexpr std::size_t listed_by_default = 10'000;

void write_counters(json_writer& out, const operations& server) {
  out.StartObject();
  for (std::size_t i = 0; i < actors::counter_count; ++i) {
    const auto which = static_cast<actors::counter>(i);
    put(out, name_of(which), server.total(which));
  }
  put(out, "unhandled_total", server.total(actors::counter::unhandled));
  const auto levels = server.levels();
  put(out, "connections_open", levels.connections_open);
  put(out, "processes_alive", levels.processes_alive);
  put(out, "rooms", levels.rooms);
  put(out, "timers", levels.timers);
  put(out, "deadlines", levels.deadlines);
  put(out, "pid", static_cast<std::uint64_t>(::getpid()));
  out.EndObject();
}

void write_recovery(json_writer& out, const operations& server) {
  out.StartObject();
  out.Key("kills");
  write(out, server.restart_times_after(supervisors::failure::kill));
  out.Key("crashes");
  write(out, server.restart_times_after(supervisors::failure::crash));
  out.EndObject();
}

void write_rooms(json_writer& out, operations& server) {
  out.StartArray();
  for (const auto& room : server.rooms()) {
    out.StartObject();
    put(out, "id", room.topic);
    put(out, "members", room.members);
    put(out, "incarnation", room.incarnation);
    put(out, "mailbox", room.mailbox);
    out.EndObject();
  }
  out.EndArray();
}

std::size_t limit_in(const Value& request) {
  const auto found = request.FindMember("limit");
  if (found == request.MemberEnd())
    return listed_by_default;
  if (!found->value.IsUint64())
    throw bad_request{"\"limit\" must be a number of connections"};
  return found->value.GetUint64();
}

void write_connections(json_writer& out, operations& server, const Value& request) {
  out.StartArray();
  for (const auto& v : server.connections(limit_in(request)))
    write(out, v);
  out.EndArray();
}

void write_connection(json_writer& out, operations& server, const Value& request) {
  const auto found = request.FindMember("id");
  if (found == request.MemberEnd() || !found->value.IsString())
    throw bad_request{"which connection? Give an \"id\" such as \"c0-17-0\""};
  const auto id = actors::parse_connection_id(found->value.GetString());
  const auto view = id ? server.connection(*id) : std::nullopt;
  if (!view)
    throw not_found{"no connection " + std::string{found->value.GetString()} +
                    ": it is closed, or never was; `connections` lists those that are open"};
  write(out, *view);
}

std::string text_in(const Value& request, const char* key) {
  const auto found = request.FindMember(key);
  return found != request.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

// A connection, a room, or one of the system's own processes.
void write_actor(json_writer& out, operations& server, const Value& request) {
  const auto id = text_in(request, "id");
  if (actors::parse_connection_id(id)) {
    write_connection(out, server, request);
    return;
  }
  const auto view = server.process(id);
  if (!view)
    throw not_found{"no such actor: " + id + "; `tree`, `connections` and `rooms` list those that live"};
  out.StartObject();
  put(out, "id", id);
  put(out, "kind", view->kind);
  put(out, "status", view->status);
  put(out, "incarnation", view->incarnation);
  put(out, "mailbox", view->mailbox);
  if (view->members)
    put(out, "members", *view->members);
  out.EndObject();
}

void write_raw(json_writer& out, const std::string& json) {
  out.RawValue(json.data(), json.size(), rapidjson::kObjectType);
}

void write_top(json_writer& out, operations& server) {
  out.StartObject();
  out.Key("counters");
  write_counters(out, server);
  put(out, "rooms", server.rooms().size());
  out.Key("busiest");
  out.StartArray();
  auto all = server.connections(100'000);
  const auto shown = std::min<std::size_t>(all.size(), 10);
  std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(shown), std::ranges::greater{},
                            [](const connection_view& v) { return v.mailbox * 1024 + v.outbox_bytes; });
  for (std::size_t i = 0; i < shown; ++i)
    write(out, all[i]);
  out.EndArray();
  out.EndObject();
}

std::vector<std::string> names_in(const Value& request) {
  std::vector<std::string> names;
  if (const auto id = request.FindMember("id"); id != request.MemberEnd() && id->value.IsString())
    names.emplace_back(id->value.GetString());
  if (const auto ids = request.FindMember("ids"); ids != request.MemberEnd() && ids->value.IsArray())
    for (const auto& id : ids->value.GetArray()) {
      if (!id.IsString())
        throw bad_request{"\"ids\" must be an array of strings"};
      names.emplace_back(id.GetString());
    }
  return names;
}

std::size_t strike_named(operations& server, operations::order what, const std::vector<std::string>& names,
                         actors::stall_plan how = {}) {
  const auto unknown = server.strike(what, names, how);
  if (unknown.size() == names.size()) {
    auto text = "no such actor: " + unknown.front();
    if (unknown.size() > 1)
      text += " and " + std::to_string(unknown.size() - 1) + " more";
    throw not_found{text + "; `tree`, `connections` and `rooms` list those that live"};
  }
  return names.size() - unknown.size();
}

std::size_t strike_group(operations& server, operations::order what, std::string_view group) {
  if (group == "connections")
    return server.strike_all_connections(what);
  if (group == "rooms")
    return server.strike_all_rooms(what);
  throw bad_request{"\"all\" must be \"connections\" or \"rooms\""};
}

void strike(json_writer& out, operations& server, const Value& request, operations::order what) {
  std::size_t struck = 0;
  if (const auto all = request.FindMember("all"); all != request.MemberEnd() && all->value.IsString()) {
    struck = strike_group(server, what, all->value.GetString());
  } else if (const auto random = request.FindMember("random"); random != request.MemberEnd()) {
    if (!random->value.IsUint64())
      throw bad_request{"\"random\" must be a number of connections"};
    struck = server.strike_random_connections(what, random->value.GetUint64());
  } else if (const auto names = names_in(request); !names.empty()) {
    struck = strike_named(server, what, names);
  } else {
    throw bad_request{"whom? Give \"id\", \"ids\", \"random\" or \"all\""};
  }
  out.StartObject();
  put(out, what == operations::order::kill ? "killed" : "crashed", struck);
  out.EndObject();
}

bool is_set(const Value& request, const char* flag) {
  const auto found = request.FindMember(flag);
  return found != request.MemberEnd() && found->value.IsBool() && found->value.GetBool();
}

void stall(json_writer& out, operations& server, const Value& request) {
  if (!server.is_chaos_enabled())
    throw bad_request{"stall is for experiments: this server was started without --enable-chaos"};
  const auto length = request.FindMember("for_ms");
  if (length == request.MemberEnd() || !length->value.IsUint() || length->value.GetUint() == 0)
    throw bad_request{"for how long? Give \"for_ms\", a number of milliseconds"};
  const auto names = names_in(request);
  if (names.empty())
    throw bad_request{"whom? Give \"id\" or \"ids\""};
  const actors::stall_plan how{.length = std::chrono::milliseconds{length->value.GetUint()},
                               .is_busy = is_set(request, "busy"),
                               .is_for_next = is_set(request, "next")};
  const auto stalled = strike_named(server, operations::order::stall, names, how);
  out.StartObject();
  put(out, "stalled", stalled);
  out.EndObject();
}

using command = std::function<void(json_writer&, operations&, const Value&)>;

const std::map<std::string, command, std::less<>>& commands() {
  static const std::map<std::string, command, std::less<>> table{
      {"tree", [](json_writer& out, operations& server, const Value&) { write(out, server.tree()); }},
      {"top", [](json_writer& out, operations& server, const Value&) { write_top(out, server); }},
      {"alarms", [](json_writer& out, operations& server, const Value&) { write(out, server.alarms()); }},
      {"rooms", [](json_writer& out, operations& server, const Value&) { write_rooms(out, server); }},
      {"counters", [](json_writer& out, operations& server, const Value&) { write_counters(out, server); }},
      {"reload", [](json_writer& out, operations& server, const Value&) { write(out, server.reload()); }},
      {"recovery", [](json_writer& out, operations& server, const Value&) { write_recovery(out, server); }},
      {"metrics", [](json_writer& out, operations& server, const Value&) { write_raw(out, server.metrics_json()); }},
      {"actor", write_actor},
      {"connections", write_connections},
      {"connection", write_connection},
      {"kill", [](json_writer& out, operations& server,
                  const Value& request) { strike(out, server, request, operations::order::kill); }},
      {"crash", [](json_writer& out, operations& server,
                   const Value& request) { strike(out, server, request, operations::order::crash); }},
      {"stall", stall},
  };
  return table;
}

const command& command_of(const rapidjson::Document& request) {
  if (request.HasParseError() || !request.IsObject())
    throw bad_request{"a request is one line with a JSON object"};
  const auto name = request.FindMember("command");
  if (name == request.MemberEnd() || !name->value.IsString())
    throw bad_request{"a request needs a \"command\""};
  const auto found = commands().find(std::string_view{name->value.GetString()});
  if (found == commands().end())
    throw bad_request{"unknown command: " + std::string{name->value.GetString()}};
  return found->second;
}

void run_command(json_writer& out, operations& server, std::string_view text) {
  rapidjson::Document request;
  request.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (!run_service_command(out, server, request, text))
    command_of(request)(out, server, request);
}

} // namespace

std::string command_result(operations& server, std::string_view request) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  run_command(out, server, request);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string answer_command(operations& server, std::string_view request) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  try {
    out.StartObject();
    out.Key("ok");
    out.Bool(true);
    out.Key("result");
    run_command(out, server, request);
    if (!server.missing().empty()) {
      out.Key("workers_not_answering");
      out.StartArray();
      for (auto worker : server.missing())
        out.Uint64(worker);
      out.EndArray();
    }
  } catch (const std::exception& problem) { // mostly a bad_request; whatever it is, the operator shall read it
    buffer.Clear();
    out.Reset(buffer);
    out.StartObject();
    out.Key("ok");
    out.Bool(false);
    put(out, "error", problem.what());
  }
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace lintel::app
