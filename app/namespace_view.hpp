#pragma once

#include "actors/namespace_rules.hpp"

#include <span>
#include <string>

namespace lintel::app {

/// Namespaces for people: a table, in the order in which they are asked.
std::string namespace_table(std::span<const actors::namespace_rules> all);

/// The same for programs: {"namespaces": [...]} with the keys and words of the configuration file.
std::string namespace_json(std::span<const actors::namespace_rules> all);

} // namespace lintel::app
