#include "app/ctl_text.hpp"

#include "app/json_fields.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>

namespace lintel::app {

using rapidjson::Value;

namespace {

std::string text_of_alarm(const Value& alarm) {
  auto out = fmt::format("{} since {} s", text(alarm, "alarm"), number(alarm, "since_seconds"));
  if (alarm.HasMember("waiting"))
    out += fmt::format(", {} waiting", number(alarm, "waiting"));
  if (alarm.HasMember("ends_within_seconds"))
    out += fmt::format(", {} s left", number(alarm, "ends_within_seconds"));
  return out;
}

// A group's own alarm stands in its line; its rooms in quarantine below it, as far as a screen has room for them.
void add_alarms(std::string& out, const Value& node, const std::string& indent) {
  constexpr std::size_t shown_max = 10;
  std::size_t confined = 0;
  for (const auto& alarm : node["alarms"].GetArray())
    if (text(alarm, "source") != text(node, "id") && confined++ < shown_max)
      out += fmt::format("{}! {} {}\n", indent, text(alarm, "source"), text_of_alarm(alarm));
  if (confined > shown_max)
    out += fmt::format("{}! and {} more; `alarms` lists them\n", indent, confined - shown_max);
}

std::string alarm_table(const Value& rows) {
  std::string out;
  for (const auto& row : rows.GetArray())
    out += fmt::format("{:<32} {}\n", text(row, "source"), text_of_alarm(row));
  return out.empty() ? "(none)\n" : out;
}

void add_node(std::string& out, const Value& node, const std::string& indent, bool is_last, bool is_root) {
  const auto branch = is_root ? "" : is_last ? "└─ " : "├─ ";
  out += fmt::format("{:<28} {:<10}", indent + branch + std::string{text(node, "id")}, text(node, "status"));
  if (const auto incarnation = number(node, "incarnation"); incarnation > 0)
    out += fmt::format(" incarnation {}", incarnation);
  if (const auto restarts = number(node, "restarts"); restarts > 0)
    out += fmt::format(", {} restarts", restarts);
  if (node.HasMember("count"))
    out += node["count"].IsNull() ? fmt::format(", ? {}", text(node, "kind"))
                                  : fmt::format(", {} {}", number(node, "count"), text(node, "kind"));
  const bool has_alarms = node.HasMember("alarms");
  if (has_alarms)
    for (const auto& alarm : node["alarms"].GetArray())
      if (text(alarm, "source") == text(node, "id"))
        out += ", " + text_of_alarm(alarm);
  out += '\n';
  if (has_alarms)
    add_alarms(out, node, indent + (is_last ? "   " : "│  "));
  const auto& children = node["children"];
  for (rapidjson::SizeType i = 0; i < children.Size(); ++i)
    add_node(out, children[i], indent + (is_root ? "" : is_last ? "   " : "│  "), i + 1 == children.Size(), false);
}

std::string joined(const Value& array) {
  std::string out;
  for (const auto& item : array.GetArray())
    if (item.IsString())
      out.append(out.empty() ? "" : " ").append(item.GetString());
  return out;
}

std::string connection_table(const Value& rows) {
  std::string out = fmt::format("{:<16} {:<8} {:<12} {:>11} {:>8} {:>13}  {}\n", "id", "wire", "status", "incarnation",
                                "mailbox", "outbox bytes", "rooms");
  for (const auto& row : rows.GetArray())
    out += fmt::format("{:<16} {:<8} {:<12} {:>11} {:>8} {:>13}  {}\n", text(row, "id"), text(row, "wire"),
                       text(row, "status"), number(row, "incarnation"), number(row, "mailbox"),
                       number(row, "outbox_bytes"), joined(row["rooms"]));
  if (rows.Empty())
    out += "(none)\n";
  return out;
}

std::string room_table(const Value& rows) {
  std::string out =
      fmt::format("{:<32} {:<12} {:>8} {:>11} {:>8}\n", "room", "status", "members", "incarnation", "mailbox");
  for (const auto& row : rows.GetArray())
    out += fmt::format("{:<32} {:<12} {:>8} {:>11} {:>8}\n", text(row, "id"), text(row, "status"),
                       number(row, "members"), number(row, "incarnation"), number(row, "mailbox"));
  if (rows.Empty())
    out += "(none)\n";
  return out;
}

std::string name_and_value(const Value& object) {
  std::string out;
  for (const auto& member : object.GetObject()) {
    const auto name = member.name.GetString();
    if (member.value.IsUint64())
      out += fmt::format("{:<26} {:>14}\n", name, member.value.GetUint64());
    else if (member.value.IsString())
      out += fmt::format("{:<26} {:>14}\n", name, member.value.GetString());
    else if (member.value.IsBool())
      out += fmt::format("{:<26} {:>14}\n", name, member.value.GetBool() ? "yes" : "no");
    else if (member.value.IsArray())
      out += fmt::format("{:<26} {:>14}\n", name, joined(member.value));
    else if (member.value.IsObject())
      for (const auto& inner : member.value.GetObject())
        if (inner.value.IsUint64())
          out +=
              fmt::format("{:<26} {:>14}\n", std::string{name} + " " + inner.name.GetString(), inner.value.GetUint64());
  }
  return out;
}

std::string recovery_table(const Value& recovery) {
  std::string out =
      fmt::format("{:<10} {:>12} {:>10} {:>10} {:>10}\n", "after", "restarts", "p50 us", "p99 us", "max us");
  const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e3; };
  for (const auto& member : recovery.GetObject())
    out += fmt::format("{:<10} {:>12} {:>10.1f} {:>10.1f} {:>10.1f}\n", member.name.GetString(),
                       number(member.value, "count"), us(number(member.value, "p50_ns")),
                       us(number(member.value, "p99_ns")), us(number(member.value, "max_ns")));
  return out;
}

// " (2 idle, 1 slow_consumer)"; empty: nothing was closed.
std::string reasons(const Value& chaos) {
  std::string out;
  if (const auto closed = chaos.FindMember("closed"); closed != chaos.MemberEnd())
    for (const auto& each : closed->value.GetObject())
      out += fmt::format("{}{} {}", out.empty() ? " (" : ", ", each.value.GetUint64(), each.name.GetString());
  return out.empty() ? out : out + ")";
}

std::string chaos_line(const Value& chaos) {
  const auto rate = number(chaos, "rate");
  auto out = rate > 0 ? fmt::format("chaos: {} kills/s.  ", rate) : std::string{"chaos: none ordered.  "};
  if (!chaos.HasMember("recovery"))
    return out + "Nothing was killed yet.\n";
  const auto us = [&](const char* key) { return static_cast<double>(number(chaos["recovery"], key)) / 1e3; };
  return out + fmt::format("Since it began: {} kills, {} crashes, {} abandoned, {} restarts, {} gave up, {} sockets "
                           "closed by the server{}; away for p50 {:.1f} us, p99 {:.1f} us, max {:.1f} us\n",
                           number(chaos, "kills"), number(chaos, "crashes"), number(chaos, "abandoned"),
                           number(chaos, "restarts"), number(chaos, "gave_up"),
                           number(chaos, "sockets_closed_by_server"), reasons(chaos), us("p50_ns"), us("p99_ns"),
                           us("max_ns"));
}

std::string reload_text(const Value& report) {
  std::string out;
  for (const auto& each : report["applied"].GetArray())
    out += fmt::format("applied        {}\n", each.GetString());
  for (const auto& each : report["needs_restart"].GetArray())
    out += fmt::format("needs restart  {}\n", each.GetString());
  return out.empty() ? "nothing has changed\n" : out;
}

std::string json_text(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
  value.Accept(out);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string history_table(const Value& history) {
  std::string out = fmt::format("{:>10} {:<24} {:<16} {}\n", "offset", "at", "event", "payload");
  for (const auto& message : history["messages"].GetArray()) {
    const auto at =
        std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{message["at"].GetInt64()}};
    out += fmt::format("{:>10} {:<24} {:<16} {}\n", number(message, "offset"), fmt::format("{:%FT%TZ}", at),
                       text(message, "event"), json_text(message["payload"]));
  }
  return out + fmt::format("epoch {}, newest offset {}\n", text(history, "epoch"), number(history, "offset"));
}

std::string published_text(const Value& answer) {
  if (!answer.HasMember("offset"))
    return "published; no history is kept\n";
  return fmt::format("published as offset {} of epoch {}{}\n", number(answer, "offset"), text(answer, "epoch"),
                     answer.HasMember("duplicate") ? "; it was before" : "");
}

} // namespace

std::string text_of(std::string_view command, const Value& result) {
  if (command == "tree") {
    std::string out;
    add_node(out, result, "", true, true);
    return out;
  }
  if (command == "alarms")
    return alarm_table(result);
  if (command == "connections")
    return connection_table(result);
  if (command == "rooms")
    return room_table(result);
  if (command == "reload")
    return reload_text(result);
  if (command == "recovery")
    return recovery_table(result);
  if (command == "history")
    return history_table(result);
  if (command == "publish")
    return published_text(result);
  if (command == "presence")
    return json_text(result) + '\n';
  if (command == "link")
    return std::string{text(result, "url")} + '\n';
  if (command == "chaos")
    return chaos_line(result);
  if (command == "search")
    return connection_table(result["connections"]) + '\n' + room_table(result["rooms"]);
  return name_and_value(result);
}

} // namespace lintel::app
