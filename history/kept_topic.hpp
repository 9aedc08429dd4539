#pragma once

#include "history/recent_keys.hpp"
#include "history/stream.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

namespace lintel::history {

/// How far a session has acknowledged a topic.
struct cursor {
  std::uint64_t offset = 0;
  std::int64_t at_ms = 0;
};

/// What is remembered of a topic beside its room: outlives the room's actor.
struct kept_topic {
  kept_topic(std::string epoch, std::uint64_t last) : messages(std::move(epoch), last) {}

  stream messages;
  std::unique_ptr<recent_keys> keys;               ///< null: nobody has used one
  std::unordered_map<std::string, cursor> cursors; ///< by session id
};
using kept_topic_ptr = std::shared_ptr<kept_topic>;

} // namespace lintel::history
