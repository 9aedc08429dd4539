#pragma once

#include "protocol/message.hpp"

#include <cstdint>

namespace lintel::history {

/// One message of a topic's history. Offsets of a topic begin with 1 and have no holes; a message keeps its offset as
/// long as the topic keeps its epoch.
struct entry {
  std::uint64_t offset = 0;
  std::int64_t at_ms = 0; ///< wall clock, since 1970
  protocol::message_ptr message;
};

} // namespace lintel::history
