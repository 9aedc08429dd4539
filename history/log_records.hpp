#pragma once

#include "history/durable_log.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What lies in the database, byte by byte. Keys, in their order (numbers are big-endian, so that order is theirs):
///   "d" id 0         a topic's record       all of a topic's bytes are side by side, its record in front
///   "d" id offset    a message
///   "n" name         the id of the topic of that name, 8 bytes
///   "s"              the log's own record
/// Values begin with a byte that names their version. Pure functions; parsers take any bytes.
namespace lintel::history {

inline constexpr std::string_view store_key = "s";

/// 17 bytes.
std::string entry_key(std::uint64_t id, std::uint64_t offset);
inline std::string topic_key(std::uint64_t id) { return entry_key(id, 0); }
std::string name_key(std::string_view topic);

struct entry_place {
  std::uint64_t id = 0;
  std::uint64_t offset = 0; ///< 0: a topic's record
};
std::optional<entry_place> parse_entry_key(std::string_view key) noexcept;

std::string id_bytes(std::uint64_t id);
std::optional<std::uint64_t> parse_id(std::string_view bytes) noexcept;

/// A message as it is stored. Refers to bytes it does not own.
struct entry_record {
  std::int64_t at_ms = 0;
  std::uint64_t bytes_so_far = 0; ///< events and payloads of the topic since its offset 1, this one's included
  level until = level::synced;
  protocol::payload_format format = protocol::payload_format::json;
  bool is_object = true;
  std::string_view event;
  std::string_view key; ///< idempotency key
  std::string_view payload;

  std::uint64_t bytes() const noexcept { return event.size() + payload.size(); }
};
/// Replaces what is in `into`, and keeps its memory.
void write_entry(const entry_record& what, std::string& into);
/// Nothing: these bytes were not written by write_entry.
std::optional<entry_record> parse_entry(std::string_view bytes) noexcept;
protocol::message_ptr message_of(const entry_record& what, std::string_view topic);

/// What is known of a topic beside its messages.
struct topic_record {
  std::uint64_t epoch = 0;
  std::uint32_t era = 0;          ///< of the log, when the epoch was last confirmed: see store_record
  std::uint64_t first = 1;        ///< what is before has been deleted
  std::uint64_t last = 0;         ///< at the time of writing; counts when no message is left to tell
  std::uint64_t bytes_so_far = 0; ///< the same
  retention keep;
  std::string name;
};
std::string write_topic(const topic_record& what);
std::optional<topic_record> parse_topic(std::string_view bytes);

/// What is known of the log. An *era* ends when the log may have lost messages that somebody has seen.
struct store_record {
  std::uint64_t salt = 0; ///< random, of this era: what topics without messages have their epochs from
  std::uint32_t era = 1;
  std::uint32_t lost_era = 0; ///< epochs of this era and earlier ones hold for no topic any more
  bool is_closed = false;     ///< in good order: everything was on the disk
  std::string boot_id;        ///< of the kernel under which it was opened
};
std::string write_store(const store_record& what);
std::optional<store_record> parse_store(std::string_view bytes);

/// Epoch of a topic that has none of its own yet: the same for all who look in one era.
std::uint64_t fresh_epoch(std::uint64_t salt, std::string_view topic) noexcept;
/// 16 hexadecimal digits.
std::string epoch_text(std::uint64_t epoch);

} // namespace lintel::history
