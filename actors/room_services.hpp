#pragma once

#include "actors/namespace_rules.hpp"
#include "history/durable_log.hpp"
#include "history/memory_shelf.hpp"

#include <cstdint>

namespace lintel::actors {

/// What rooms share: the rules of their topics, and where their messages are kept. Outlives every room.
struct room_services {
  const namespaces& spaces;
  history::memory_shelf& shelf;
  history::durable_log* log = nullptr; ///< null: no namespace is durable
};

} // namespace lintel::actors
