#pragma once

#include <string_view>

namespace lintel::actors {

/// Topics of the system itself, beside those of its users: plain channels, so that any Phoenix client can watch the
/// server and kill its actors. Joining takes the role viewer, pushing the role admin. docs/protocol.md has the events.
inline constexpr std::string_view system_prefix = "$sys:";
inline constexpr std::string_view system_tree = "$sys:tree";       ///< the supervision tree
inline constexpr std::string_view system_actors = "$sys:actors";   ///< actors that start, restart and end
inline constexpr std::string_view system_metrics = "$sys:metrics"; ///< counters and latencies
inline constexpr std::string_view system_actor = "$sys:actor:";    ///< and a name: one actor

constexpr bool is_system_topic(std::string_view topic) noexcept { return topic.starts_with(system_prefix); }

/// One that exists; whether an actor of that name does is told to those who have joined.
constexpr bool is_known_system_topic(std::string_view topic) noexcept {
  return topic == system_tree || topic == system_actors || topic == system_metrics ||
         (topic.starts_with(system_actor) && topic.size() > system_actor.size());
}

} // namespace lintel::actors
