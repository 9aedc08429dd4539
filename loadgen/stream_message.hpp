#pragma once

#include "loadgen/message_stamp.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a server says about offsets, read from the payloads of its messages (docs/protocol.md, "History and recovery").
namespace lintel::loadgen {

/// A join's answer: where its topic's stream stands, and what follows.
struct stream_answer {
  std::string epoch;
  std::uint64_t offset = 0;
  bool is_recovered = false;
  std::uint32_t count = 0; ///< messages that follow
};

/// None: no `stream` in the answer, so the topic keeps nothing, or the server is another.
std::optional<stream_answer> read_stream(std::string_view reply);

/// "@1043" of a message that carries its offset.
std::optional<std::uint64_t> offset_of_ref(std::string_view ref) noexcept;

/// The offset in the answer to a push. Cut out, not parsed: there are many. None: it has none.
std::optional<std::uint64_t> offset_of_answer(std::string_view reply) noexcept;

/// The push had been published before, as its idempotency key says.
bool is_duplicate(std::string_view reply) noexcept;

/// A refusal that tells when to ask again; none: it does not.
std::optional<std::chrono::milliseconds> retry_after_of(std::string_view reply) noexcept;

/// A message of the history; no stamp: it is none of ours.
struct kept_message {
  std::uint64_t offset = 0;
  std::optional<message_stamp> stamp;
};

/// The answer to `history`.
struct history_page {
  std::uint64_t newest = 0; ///< offset; 0: nothing is kept
  std::vector<kept_message> messages;
};

/// None: it cannot be read.
std::optional<history_page> read_history(std::string_view reply);

} // namespace lintel::loadgen
