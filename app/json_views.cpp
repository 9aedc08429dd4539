#include "app/json_views.hpp"

namespace lintel::app {

namespace {

// Whole seconds: what has begun counts as one less, what is left as one more.
std::uint64_t whole_seconds(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(time).count());
}
std::uint64_t seconds_left(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(time).count());
}

std::string_view name_of(actors::actor_event::kind what) {
  switch (what) {
  case actors::actor_event::kind::spawn: return "spawn";
  case actors::actor_event::kind::restart: return "restart";
  case actors::actor_event::kind::exit: return "exit";
  }
  return "?";
}

} // namespace

void put(json_writer& out, std::string_view key, std::string_view value) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
void put(json_writer& out, std::string_view key, std::uint64_t value) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  out.Uint64(value);
}

void write(json_writer& out, const gateway::frame_note& note) {
  using std::chrono::milliseconds;
  out.StartObject();
  put(out, "way", note.way == gateway::frame_note::direction::in ? "in" : "out");
  put(out, "at_ms", static_cast<std::uint64_t>(std::chrono::floor<milliseconds>(note.at.time_since_epoch()).count()));
  put(out, "topic", note.topic);
  put(out, "event", note.event);
  put(out, "ref", note.ref);
  put(out, "bytes", note.bytes);
  out.EndObject();
}

namespace {

void write_members(json_writer& out, const connection_view& v) {
  put(out, "id", to_string(v.id));
  out.Key("user");
  v.user.empty() ? out.Null() : out.String(v.user.c_str()); // what its client says; nothing of it is proven
  out.Key("rooms");
  out.StartArray();
  for (const auto& ch : v.channels)
    out.String(ch.topic.c_str());
  out.EndArray();
  put(out, "wire", v.wire);
  put(out, "status", v.status);
  put(out, "incarnation", v.incarnation);
  put(out, "mailbox", v.mailbox);
  put(out, "inbound_window", v.inbound_window);
  put(out, "uptime_seconds", v.uptime_seconds);
  put(out, "outbox_bytes", v.outbox_bytes);
  put(out, "outbox_frames", v.outbox_frames);
  put(out, "restarts_left", v.restarts_left);
  out.Key("reading_paused");
  out.Bool(v.is_reading_paused);
}

void write_names(json_writer& out, std::string_view key, const std::vector<std::string_view>& names) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  out.StartArray();
  for (const auto name : names)
    out.String(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  out.EndArray();
}

// null: whoever counts them does not answer.
void write_count(json_writer& out, std::string_view key, const std::optional<std::size_t>& count) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  count ? out.Uint64(*count) : out.Null();
}

} // namespace

void write(json_writer& out, const connection_view& v) {
  out.StartObject();
  write_members(out, v);
  out.EndObject();
}

void write(json_writer& out, const whole_connection& c) {
  out.StartObject();
  put(out, "kind", "connection");
  write_members(out, c.view);
  put(out, "restarts", c.view.incarnation - 1);
  put(out, "incarnation_seconds", c.details.incarnation_seconds);
  if (!c.details.last_exit.empty())
    put(out, "last_exit", c.details.last_exit);
  write_names(out, "last_kinds", c.details.last_kinds);
  out.Key("offsets");
  out.StartObject();
  for (const auto& [topic, offset] : c.details.offsets)
    put(out, topic, offset);
  out.EndObject();
  if (!c.details.frames.empty()) {
    out.Key("frames");
    out.StartArray();
    for (const auto& note : c.details.frames)
      write(out, note);
    out.EndArray();
  }
  out.EndObject();
}

void write(json_writer& out, const std::string& id, const actor_view& v) {
  out.StartObject();
  put(out, "id", id);
  put(out, "kind", v.kind);
  put(out, "status", v.status);
  put(out, "incarnation", v.incarnation);
  put(out, "restarts", v.restarts);
  if (v.uptime_seconds)
    put(out, "uptime_seconds", *v.uptime_seconds);
  if (v.mailbox) {
    put(out, "mailbox", *v.mailbox);
    write_names(out, "last_kinds", v.last_kinds);
  }
  if (!v.last_exit.empty())
    put(out, "last_exit", v.last_exit);
  if (v.members)
    put(out, "members", *v.members);
  if (v.offset)
    put(out, "offset", *v.offset);
  if (v.has_children)
    write_count(out, "children", v.children);
  out.EndObject();
}

std::string gaps_of(const operations& server) {
  std::string out;
  for (const auto worker : server.missing())
    out.append(out.empty() ? R"(,"workers_not_answering":[)" : ",").append(std::to_string(worker));
  return out.empty() ? out : out + "]";
}

void write(json_writer& out, const room_view& room) {
  out.StartObject();
  put(out, "id", room.topic);
  put(out, "status", room.status);
  put(out, "members", room.members);
  put(out, "incarnation", room.incarnation);
  put(out, "mailbox", room.mailbox);
  out.EndObject();
}

void write(json_writer& out, const std::vector<alarm_view>& alarms) {
  out.StartArray();
  for (const auto& alarm : alarms) {
    out.StartObject();
    put(out, "alarm", alarm.kind);
    put(out, "source", alarm.source);
    put(out, "since_seconds", whole_seconds(alarm.since));
    if (alarm.waiting)
      put(out, "waiting", *alarm.waiting);
    if (alarm.ends_within)
      put(out, "ends_within_seconds", seconds_left(*alarm.ends_within));
    out.EndObject();
  }
  out.EndArray();
}

void write(json_writer& out, const tree_node& node) {
  out.StartObject();
  put(out, "id", node.id);
  put(out, "kind", node.kind);
  put(out, "status", node.status);
  put(out, "incarnation", node.incarnation);
  put(out, "restarts", node.restarts);
  put(out, "restarts_per_minute", node.restarts_per_minute);
  put(out, "mailbox", node.mailbox);
  if (node.is_dynamic) {
    write_count(out, "count", node.dynamic_children);
    put(out, "child_restarts", node.child_restarts);
  }
  out.Key("alarms");
  write(out, node.alarms);
  out.Key("children");
  out.StartArray();
  for (const auto& child : node.children)
    write(out, child);
  out.EndArray();
  out.EndObject();
}

void write(json_writer& out, const actors::actor_events::batch& what) {
  out.StartObject();
  put(out, "spawned", what.spawned);
  put(out, "restarted", what.restarted);
  put(out, "exited", what.ended);
  out.Key("events");
  out.StartArray();
  for (const auto& event : what.events) {
    out.StartObject();
    put(out, "event", name_of(event.what));
    put(out, "id", event.name);
    put(out, "incarnation", event.incarnation);
    if (!event.why.empty())
      put(out, "reason", event.why);
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
}

void write(json_writer& out, const std::vector<actors::restart_times::bucket>& buckets) {
  const auto summary = actors::summary_of(buckets);
  out.StartObject();
  put(out, "count", summary.count);
  put(out, "p50_ns", summary.p50_ns);
  put(out, "p99_ns", summary.p99_ns);
  put(out, "max_ns", summary.max_ns);
  out.Key("buckets"); // each: took less than so many ns, how many did
  out.StartArray();
  for (const auto& each : buckets) {
    out.StartArray();
    out.Uint64(each.below_ns);
    out.Uint64(each.count);
    out.EndArray();
  }
  out.EndArray();
  out.EndObject();
}

void write(json_writer& out, const reload_report& report) {
  const auto put_all = [&out](std::string_view key, const std::vector<std::string>& all) {
    out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
    out.StartArray();
    for (const auto& each : all)
      out.String(each.data(), static_cast<rapidjson::SizeType>(each.size()));
    out.EndArray();
  };
  out.StartObject();
  put_all("applied", report.applied);
  put_all("needs_restart", report.needs_restart);
  out.EndObject();
}

} // namespace lintel::app
