#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace lintel::actors {

/// Topics of the system itself, beside those of its users: plain channels, so that any Phoenix client can watch the
/// server and kill its actors. Joining and asking takes the role viewer, killing the role admin. docs/protocol.md has
/// the events.
inline constexpr std::string_view system_prefix = "$sys:";
inline constexpr std::string_view system_tree = "$sys:tree";       ///< the supervision tree
inline constexpr std::string_view system_actors = "$sys:actors";   ///< actors that start, restart and end
inline constexpr std::string_view system_metrics = "$sys:metrics"; ///< counters and latencies
inline constexpr std::string_view system_chaos = "$sys:chaos";     ///< what was killed, and what came of it
inline constexpr std::string_view system_actor = "$sys:actor:";    ///< and a name: one actor
/// No room: each connection answers for itself. Anybody may ask who it is, and kill its own actor.
inline constexpr std::string_view system_self = "$sys:self";

constexpr bool is_system_topic(std::string_view topic) noexcept { return topic.starts_with(system_prefix); }

/// One that exists; whether an actor of that name does is told to those who have joined.
constexpr bool is_known_system_topic(std::string_view topic) noexcept {
  return topic == system_tree || topic == system_actors || topic == system_metrics || topic == system_chaos ||
         (topic.starts_with(system_actor) && topic.size() > system_actor.size());
}

/// Commands that change nothing: a viewer may push them.
constexpr bool only_asks(std::string_view event) noexcept {
  constexpr std::array questions{
      std::string_view{"tree"},    std::string_view{"alarms"},      std::string_view{"rooms"},
      std::string_view{"search"},  std::string_view{"counters"},    std::string_view{"recovery"},
      std::string_view{"metrics"}, std::string_view{"connections"}, std::string_view{"sample"},
      std::string_view{"actor"},   std::string_view{"connection"},  std::string_view{"top"},
      std::string_view{"ping"}};
  return std::ranges::find(questions, event) != questions.end();
}

} // namespace lintel::actors
