#include "app/control_commands.hpp"

#include "app/audit.hpp"
#include "app/json_views.hpp"
#include "app/look_commands.hpp"
#include "app/request_refused.hpp"
#include "app/service_commands.hpp"
#include "app/strike_commands.hpp"

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
  write(out, server.restart_times_after(supervisors::failure::kill).buckets());
  out.Key("crashes");
  write(out, server.restart_times_after(supervisors::failure::crash).buckets());
  out.EndObject();
}

void write_rooms(json_writer& out, operations& server) {
  out.StartArray();
  for (const auto& room : server.rooms())
    write(out, room);
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

void write_connections(json_writer& out, operations& server, const Value& request, std::string_view) {
  out.StartArray();
  for (const auto& v : server.connections(limit_in(request)))
    write(out, v);
  out.EndArray();
}

void write_connection(json_writer& out, operations& server, const Value& request, std::string_view) {
  const auto found = request.FindMember("id");
  if (found == request.MemberEnd() || !found->value.IsString())
    throw bad_request{"which connection? Give an \"id\" such as \"c0-17-0\""};
  const auto id = actors::parse_connection_id(found->value.GetString());
  const auto view = id ? server.connection(*id) : std::nullopt;
  if (!view && !server.missing().empty())
    throw request_refused{504, "timeout",
                          "worker " + std::to_string(id->worker) + " does not answer: " + found->value.GetString() +
                              " may be open or not"};
  if (!view)
    throw not_found{"no connection " + std::string{found->value.GetString()} +
                    ": it is closed, or never was; `connections` lists those that are open"};
  write(out, *view);
}

std::string text_in(const Value& request, const char* key) {
  const auto found = request.FindMember(key);
  return found != request.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

// Its worker does not answer, and may be held up by this very actor.
void write_silent(json_writer& out, const operations& server, const std::string& id) {
  out.StartObject();
  put(out, "id", id);
  put(out, "kind", "connection");
  put(out, "status", server.is_stuck(id) ? "stuck" : "not answering");
  out.EndObject();
}

// A connection, a supervisor, a room, or one of the system's own processes.
void write_actor(json_writer& out, operations& server, const Value& request, std::string_view) {
  const auto id = text_in(request, "id");
  if (const auto connection = actors::parse_connection_id(id)) {
    if (const auto view = server.connection(*connection))
      write(out, *view);
    else if (!server.missing().empty())
      write_silent(out, server, id);
    else
      throw not_found{"no such actor: " + id + "; `connections` lists those that live"};
    return;
  }
  const auto view = server.actor(id);
  if (!view)
    throw not_found{"no such actor: " + id + "; `tree`, `connections` and `rooms` list those that live"};
  write(out, id, *view);
}

void write_raw(json_writer& out, const std::string& json) {
  out.RawValue(json.data(), json.size(), rapidjson::kObjectType);
}

void write_top(json_writer& out, operations& server) {
  out.StartObject();
  out.Key("counters");
  write_counters(out, server);
  put(out, "rooms", server.levels().rooms);
  out.Key("chaos");
  write_chaos(out, server);
  out.Key("metrics");
  write_raw(out, server.metrics_json());
  out.Key("alarms");
  write(out, server.alarms());
  out.Key("busiest");
  out.StartArray();
  for (const auto& each : server.busiest(10))
    write(out, each);
  out.EndArray();
  out.EndObject();
}

// A page that is opened by it gets in once, without a key being typed.
void write_link(json_writer& out, operations& server, const Value& request, std::string_view asker) {
  const auto role = text_in(request, "role");
  if (!role.empty() && role != "admin" && role != "viewer")
    throw bad_request{"\"role\" must be \"admin\" or \"viewer\""};
  const auto may = role == "viewer" ? actors::role::viewer : actors::role::admin;
  audit("link", name_of(may), 1, asker);
  out.StartObject();
  put(out, "url", server.one_time_url(may));
  out.EndObject();
}

using command = std::function<void(json_writer&, operations&, const Value&, std::string_view asker)>;

const std::map<std::string, command, std::less<>>& commands() {
  static const std::map<std::string, command, std::less<>> table{
      {"tree", [](json_writer& out, operations& server, const Value&, std::string_view) { write(out, server.tree()); }},
      {"top", [](json_writer& out, operations& server, const Value&, std::string_view) { write_top(out, server); }},
      {"alarms",
       [](json_writer& out, operations& server, const Value&, std::string_view) { write(out, server.alarms()); }},
      {"rooms", [](json_writer& out, operations& server, const Value&, std::string_view) { write_rooms(out, server); }},
      {"counters",
       [](json_writer& out, operations& server, const Value&, std::string_view) { write_counters(out, server); }},
      {"recovery",
       [](json_writer& out, operations& server, const Value&, std::string_view) { write_recovery(out, server); }},
      {"metrics", [](json_writer& out, operations& server, const Value&,
                     std::string_view) { write_raw(out, server.metrics_json()); }},
      {"reload",
       [](json_writer& out, operations& server, const Value&, std::string_view) { write(out, server.reload()); }},
      {"actor", write_actor},
      {"connections", write_connections},
      {"connection", write_connection},
      {"kill", kill},
      {"crash", crash},
      {"stall", stall},
      {"poison", poison},
      {"chaos", chaos},
      {"sample", sample},
      {"search", search},
      {"link", write_link},
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

void run_command(json_writer& out, operations& server, std::string_view text, std::string_view asker) {
  rapidjson::Document request;
  request.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  server.begin_question();
  if (!run_service_command(out, server, request, text, asker))
    command_of(request)(out, server, request, asker);
}

} // namespace

std::string command_result(operations& server, std::string_view request, std::string_view asker) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  run_command(out, server, request, asker);
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
    run_command(out, server, request, "control socket");
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
