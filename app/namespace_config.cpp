#include "app/namespace_config.hpp"

#include "actors/system_topic.hpp"
#include "app/config_section.hpp"
#include "protocol/topic_name.hpp"

#include <algorithm>
#include <array>

namespace lintel::app {

using actors::durability;
using actors::namespace_rules;
using actors::slow_policy;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t namespaces_max = 1'000; // a join asks one after the other
constexpr std::size_t ephemeral_max = 100;

/// An event that may be pushed.
struct event_name {
  std::optional<std::string> read(std::string_view text) const {
    const bool may_be_pushed =
        protocol::is_name(text) && !text.starts_with("phx_") && !protocol::is_reserved_event(text);
    return may_be_pushed ? std::optional<std::string>{text} : std::nullopt;
  }
  std::string wanted() const { return "events that clients may push, such as typing"; }
};

struct topic_pattern {
  std::optional<std::string> read(std::string_view text) const {
    return flaw_in_pattern(text).empty() ? std::optional<std::string>{text} : std::nullopt;
  }
};

void read_pattern(config_section& section, namespace_rules& rules, config_flaws& flaws) {
  const auto* node = section.find("pattern");
  if (node == nullptr) {
    flaws.push_back({section.line(), R"(a namespace needs a pattern, such as pattern = "room:*")"});
    return;
  }
  if (node->what != config_node::kind::text)
    section.refuse(*node, R"(must be topics, such as "room:*"; got )" + node->shown());
  else if (const auto flaw = flaw_in_pattern(node->text); !flaw.empty())
    section.refuse(*node, flaw + "; got " + node->shown());
  else
    rules.pattern = node->text;
}

// The table of that name inside a namespace; null: it is not there, or is none, which is a flaw.
const config_node* table_in(config_section& section, std::string_view name) {
  const auto* node = section.find(name);
  if (node == nullptr || node->what == config_node::kind::table)
    return node;
  section.refuse(*node, "must be a table: [namespace." + std::string{name} + "]");
  return nullptr;
}

// Keys of the namespace itself do not belong below the header of one of its tables, but are easily put there.
std::string above_table(const std::string& key) {
  constexpr std::array own{"pattern", "ephemeral-events", "slow-client", "publish-rate"};
  return std::ranges::find(own, key) == own.end()
             ? ""
             : "is unknown; " + key +
                   " belongs to the namespace itself: put it right below [[namespace]], above its tables";
}

void read_history(config_section& section, actors::history_rules& history, config_flaws& flaws) {
  const auto* table = table_in(section, "history");
  if (table == nullptr)
    return;
  history.kept = durability::memory;
  config_section keys{*table, "history.", flaws};
  keys.read("durability", durabilities(), history.kept);
  keys.read("max-messages", whole_number{.min = 1, .max = 1'000'000}, history.keep.count_max);
  keys.read("max-age", duration_range{.min = 1s, .max = duration_max}, history.keep.age_max);
  keys.read("max-bytes", byte_range{}, history.keep.bytes_max);
  keys.refuse_unknown(above_table);
}

void read_presence(config_section& section, actors::presence_rules& presence, config_flaws& flaws) {
  const auto* node = section.find("presence");
  if (node == nullptr)
    return;
  if (node->what == config_node::kind::boolean) {
    presence.is_on = node->text == "true";
    return;
  }
  if (node->what != config_node::kind::table) {
    section.refuse(*node, "must be true, false or a table: [namespace.presence]; got " + node->shown());
    return;
  }
  presence.is_on = true;
  config_section keys{*node, "presence.", flaws};
  keys.read("max-listed", whole_number{.min = 1, .max = 100'000}, presence.listed_max);
  keys.read("diff-window", duration_range{.max = 10s}, presence.window);
  keys.read("linger", duration_range{.max = 1h, .may_be_none = true}, presence.linger);
  keys.refuse_unknown(above_table);
  if (presence.linger > 0ms && presence.linger < presence.window)
    flaws.push_back({node->line,
                     "presence.linger must be 0, or not shorter than presence.diff-window: before a diff is "
                     "told, nobody can be seen to come back"});
}

void read_permissions(config_section& section, namespace_rules& rules, config_flaws& flaws) {
  const auto* table = table_in(section, "permissions");
  if (table == nullptr)
    return;
  config_section keys{*table, "permissions.", flaws};
  keys.read("join", roles(), rules.may_join);
  keys.read("publish", roles(), rules.may_publish);
  keys.read("read-history", roles(), rules.may_read_history);
  keys.read("see-presence", roles(), rules.may_see_presence);
  keys.refuse_unknown(above_table);
}

void read_ephemeral(config_section& section, namespace_rules& rules) {
  section.read("ephemeral-events", event_name{}, rules.ephemeral);
  const auto* node = section.find("ephemeral-events");
  if (rules.ephemeral.size() > ephemeral_max)
    section.refuse(*node, "must be " + std::to_string(ephemeral_max) + " at most");
  for (auto each = rules.ephemeral.begin(); each != rules.ephemeral.end(); ++each)
    if (std::find(rules.ephemeral.begin(), each, *each) != each)
      section.refuse(*node, "names " + *each + " twice");
}

void read_slow_client(config_section& section, namespace_rules& rules) {
  section.read("slow-client", slow_policies(), rules.slow);
  const auto* node = section.find("slow-client");
  if (rules.slow == slow_policy::drop && rules.history.kept != durability::none && node != nullptr)
    section.refuse(*node,
                   R"(must be "disconnect" where there is history: a client that came back would recover what it )"
                   "missed, and one that stays would never learn of the gap");
}

namespace_rules read_rules(const config_node& table, std::span<const std::string> options, config_flaws& flaws) {
  namespace_rules rules;
  config_section section{table, "", flaws};
  read_pattern(section, rules, flaws);
  read_ephemeral(section, rules);
  read_history(section, rules.history, flaws);
  read_slow_client(section, rules);
  section.read("publish-rate", publish_rate{}, rules.publishes);
  read_presence(section, rules.presence, flaws);
  read_permissions(section, rules, flaws);
  section.refuse_unknown([options](const std::string& key) {
    return std::ranges::find(options, key) == options.end()
               ? ""
               : "is no key of a namespace but an option of the server; put it above the first [[namespace]]";
  });
  return rules;
}

void refuse_hidden(const namespace_rules& rules, const config_node& table, std::span<const namespace_rules> earlier,
                   config_flaws& flaws) {
  const auto before = rules.pattern.empty() ? std::string_view{} : pattern_before(rules.pattern, earlier);
  if (before.empty())
    return;
  const auto pattern = std::ranges::find(table.children, "pattern", &config_node::name);
  const auto again = before == rules.pattern;
  flaws.push_back({pattern->line, "pattern \"" + rules.pattern + "\" " +
                                      (again ? "stands here a second time"
                                             : "can never match: \"" + std::string{before} +
                                                   "\" above it takes all of its topics; put it first")});
}

} // namespace

const choice<durability>& durabilities() {
  static const choice<durability> all{{{"none", durability::none},
                                       {"memory", durability::memory},
                                       {"written", durability::written},
                                       {"synced", durability::synced}}};
  return all;
}

const choice<actors::role>& roles() {
  static const choice<actors::role> all{
      {{"everybody", actors::role::none}, {"viewer", actors::role::viewer}, {"admin", actors::role::admin}}};
  return all;
}

const choice<slow_policy>& slow_policies() {
  static const choice<slow_policy> all{{{"disconnect", slow_policy::disconnect}, {"drop-messages", slow_policy::drop}}};
  return all;
}

std::optional<actors::rate_limit> publish_rate::read(std::string_view text) const {
  const auto given = parse_rate(text);
  if (!given || given->count == 0 || given->count > 1'000'000)
    return std::nullopt;
  const auto window_ms = static_cast<std::uint64_t>(given->window.count());
  const auto per_second = std::uint64_t{given->count} * 1'000 / window_ms;
  if (per_second == 0 || per_second > 1'000'000 || per_second * window_ms != std::uint64_t{given->count} * 1'000)
    return std::nullopt;
  return actors::rate_limit{.per_second = static_cast<std::uint32_t>(per_second), .burst = given->count};
}

std::string publish_rate::wanted() const {
  return "messages/time, such as 50/1s or 600/1m, with a whole number for each second";
}

std::string publish_rate::text(const actors::rate_limit& value) const {
  if (value.per_second == 0)
    return "none";
  return rate_text({value.burst, std::chrono::milliseconds{std::uint64_t{value.burst} * 1'000 / value.per_second}});
}

std::string flaw_in_pattern(std::string_view pattern) {
  const auto name = pattern.ends_with('*') ? pattern.substr(0, pattern.size() - 1) : pattern;
  if (actors::is_system_topic(pattern))
    return "must not begin with $sys:, which are the server's own topics";
  if (name.find('*') != std::string_view::npos)
    return "may have one * only, at its end";
  if (pattern.empty() || (!name.empty() && !protocol::is_name(name)))
    return "must be a topic (letters, digits and _.:~@#$%&+=!/?-, 255 at most), with * at its end for all that begin "
           "so";
  return {};
}

std::string_view pattern_before(std::string_view pattern, std::span<const namespace_rules> earlier) {
  for (const auto& each : earlier)
    if (const std::string_view other = each.pattern;
        other == pattern || (other.ends_with('*') && pattern.starts_with(other.substr(0, other.size() - 1))))
      return other;
  return {};
}

std::optional<std::vector<namespace_rules>> read_namespaces(const config_node& file,
                                                            std::span<const std::string> options, config_flaws& flaws) {
  const auto found = std::ranges::find(file.children, "namespace", &config_node::name);
  if (found == file.children.end())
    return std::nullopt;
  std::vector<namespace_rules> all;
  if (found->what != config_node::kind::list || found->children.empty() || found->children.size() > namespaces_max) {
    flaws.push_back({found->line,
                     "namespace must be written [[namespace]], once for each of them, 1,000 times at most; "
                     "without any, the built-in ones hold"});
    return all;
  }
  for (const auto& table : found->children) {
    if (table.what != config_node::kind::table) {
      flaws.push_back({table.line, "namespace must be written [[namespace]]; got " + table.shown()});
      continue;
    }
    auto rules = read_rules(table, options, flaws);
    refuse_hidden(rules, table, all, flaws);
    all.push_back(std::move(rules));
  }
  return all;
}

} // namespace lintel::app
