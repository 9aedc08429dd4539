#pragma once

#include "actors/namespace_rules.hpp"
#include "app/config_document.hpp"
#include "app/value_kinds.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// What holds when no file says anything: chat rooms in memory, logs on disk.
std::vector<actors::namespace_rules> built_in_namespaces();

/// The tables [[namespace]] of a file, in their order; docs/operations.md has their keys and defaults. nullopt: it has
/// none. `options` may stand above them, and are told so where they stand in one.
std::optional<std::vector<actors::namespace_rules>>
read_namespaces(const config_node& file, std::span<const std::string> options, config_flaws& flaws);

/// `configured` as `--topic` narrows it: only these patterns, each with the rules of the namespace of the same pattern,
/// or else those of a built-in chat room. No patterns: all that is configured.
std::vector<actors::namespace_rules> only_topics(std::vector<actors::namespace_rules> configured,
                                                 const std::vector<std::string>& patterns);

/// What follows the name of something that should be a pattern of topics; empty: it is one.
std::string flaw_in_pattern(std::string_view pattern);
/// The pattern because of which `pattern` can never match, for it is asked first; empty: none.
std::string_view pattern_before(std::string_view pattern, std::span<const actors::namespace_rules> earlier);

/// Whether one of them keeps something on disk.
bool needs_log(std::span<const actors::namespace_rules> all);

/// The words of the file, for reading and for showing: of a durability, a role, what is done about slow clients.
const choice<actors::durability>& durabilities();
const choice<actors::role>& roles();
const choice<actors::slow_policy>& slow_policies();

/// Messages of one member: "50/1s" is 50 at once and 50 a second.
struct publish_rate {
  std::optional<actors::rate_limit> read(std::string_view text) const;
  std::string wanted() const;
  std::string text(const actors::rate_limit& value) const;
};

} // namespace lintel::app
