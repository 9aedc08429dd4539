#include "app/namespace_view.hpp"

#include "app/namespace_config.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <array>

namespace lintel::app {

using actors::namespace_rules;
using actors::role;

namespace {

using row = std::array<std::string, 7>;

std::string history_text(const actors::history_rules& history) {
  if (history.kept == actors::durability::none)
    return "none";
  return fmt::format("{}: {}, {}, {}", durabilities().text(history.kept), with_commas(history.keep.count_max),
                     duration_text(history.keep.age_max), bytes_text(history.keep.bytes_max));
}

std::string presence_text(const actors::presence_rules& presence) {
  if (!presence.is_on)
    return "off";
  return fmt::format("{}, {}, {}", with_commas(presence.listed_max), duration_text(presence.window),
                     duration_text(presence.linger));
}

std::string permissions_text(const namespace_rules& rules) {
  std::string out;
  const auto add = [&out](const char* what, role who) {
    if (who != role::none)
      out.append(out.empty() ? "" : ", ").append(what).append(": ").append(roles().text(who));
  };
  add("join", rules.may_join);
  add("publish", rules.may_publish);
  add("read-history", rules.may_read_history);
  add("see-presence", rules.may_see_presence);
  return out.empty() ? roles().text(role::none) : out;
}

std::string ephemeral_text(const namespace_rules& rules) {
  std::string out;
  for (const auto& event : rules.ephemeral)
    out.append(out.empty() ? "" : " ").append(event);
  return out.empty() ? "none" : out;
}

row row_of(const namespace_rules& rules) {
  return {rules.pattern,          history_text(rules.history),      presence_text(rules.presence),
          ephemeral_text(rules),  slow_policies().text(rules.slow), publish_rate{}.text(rules.publishes),
          permissions_text(rules)};
}

using json_writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void put(json_writer& out, const char* key, const std::string& value) {
  out.Key(key);
  out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void put(json_writer& out, const char* key, std::uint64_t value) {
  out.Key(key);
  out.Uint64(value);
}

void write_history(json_writer& out, const actors::history_rules& history) {
  out.Key("history");
  out.StartObject();
  put(out, "durability", durabilities().text(history.kept));
  if (history.kept != actors::durability::none) {
    put(out, "max-messages", history.keep.count_max);
    put(out, "max-age", duration_text(history.keep.age_max));
    put(out, "max-bytes", history.keep.bytes_max);
  }
  out.EndObject();
}

void write_presence(json_writer& out, const actors::presence_rules& presence) {
  out.Key("presence");
  if (!presence.is_on) {
    out.Bool(false);
    return;
  }
  out.StartObject();
  put(out, "max-listed", presence.listed_max);
  put(out, "diff-window", duration_text(presence.window));
  put(out, "linger", duration_text(presence.linger));
  out.EndObject();
}

void write(json_writer& out, const namespace_rules& rules) {
  out.StartObject();
  put(out, "pattern", rules.pattern);
  out.Key("ephemeral-events");
  out.StartArray();
  for (const auto& event : rules.ephemeral)
    out.String(event.c_str());
  out.EndArray();
  put(out, "slow-client", slow_policies().text(rules.slow));
  if (rules.publishes.per_second > 0)
    put(out, "publish-rate", publish_rate{}.text(rules.publishes));
  write_history(out, rules.history);
  write_presence(out, rules.presence);
  out.Key("permissions");
  out.StartObject();
  put(out, "join", roles().text(rules.may_join));
  put(out, "publish", roles().text(rules.may_publish));
  put(out, "read-history", roles().text(rules.may_read_history));
  put(out, "see-presence", roles().text(rules.may_see_presence));
  out.EndObject();
  out.EndObject();
}

} // namespace

std::string namespace_table(std::span<const namespace_rules> all) {
  std::vector<row> rows{{"pattern", "history: messages, age, bytes", "presence: listed, window, linger", "ephemeral",
                         "slow client", "publish rate", "permissions"}};
  for (const auto& rules : all)
    rows.push_back(row_of(rules));
  std::string out;
  for (const auto& cells : rows) {
    for (std::size_t column = 0; column + 1 < cells.size(); ++column) {
      std::size_t width = 0;
      for (const auto& each : rows)
        width = std::max(width, each[column].size());
      out += fmt::format("{:<{}}  ", cells[column], width);
    }
    out += cells.back() + '\n';
  }
  return out;
}

std::string namespace_json(std::span<const namespace_rules> all) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  out.Key("namespaces");
  out.StartArray();
  for (const auto& rules : all)
    write(out, rules);
  out.EndArray();
  out.EndObject();
  return std::string{buffer.GetString(), buffer.GetSize()} + "\n";
}

} // namespace lintel::app
