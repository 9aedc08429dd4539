#include "app/namespace_config.hpp"
#include "base/byte_units.hpp"

#include <algorithm>

namespace lintel::app {

using actors::namespace_rules;
using base::operator""_MiB;
using namespace std::chrono_literals;

std::vector<namespace_rules> built_in_namespaces() {
  namespace_rules room;
  room.pattern = "room:*";
  room.history = {actors::durability::memory, {.count_max = 100, .age_max = 10min, .bytes_max = 1_MiB}};
  room.presence.is_on = true;
  room.ephemeral = {"typing"};
  auto log = room;
  log.pattern = "log:*";
  log.history = {actors::durability::synced, {.count_max = 100'000, .age_max = 30 * 24h, .bytes_max = 64_MiB}};
  return {room, log};
}

std::vector<namespace_rules> only_topics(std::vector<namespace_rules> configured,
                                         const std::vector<std::string>& patterns) {
  if (patterns.empty())
    return configured;
  std::vector<namespace_rules> all;
  for (const auto& pattern : patterns) {
    const auto found = std::ranges::find(configured, pattern, &namespace_rules::pattern);
    all.push_back(found == configured.end() ? built_in_namespaces().front() : *found);
    all.back().pattern = pattern;
  }
  return all;
}

bool needs_log(std::span<const namespace_rules> all) {
  return std::ranges::any_of(all, [](const auto& rules) { return rules.history.kept >= actors::durability::written; });
}

} // namespace lintel::app
