#pragma once

#include "history/entry.hpp"
#include "history/retention.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::history {

/// What an acknowledged message of a durable topic survives.
enum class level : std::uint8_t {
  written, ///< the death of the process
  synced,  ///< the loss of power, too
};

enum class log_error : std::uint8_t {
  none,
  disk_full, ///< passes when there is space again
  failed,    ///< the device reported an error: nothing is taken any more until the process is started anew
  damaged,   ///< what was to be read is not what was written; it is not served
  closed,    ///< the server stops
  misplaced, ///< the message's offset does not follow the one before: a mistake of its writer
};
/// As it stands in answers and in the log: "disk_full".
std::string_view name_of(log_error error) noexcept;

/// An idempotency key and the offset its message got.
struct remembered_key {
  std::string key;
  std::uint64_t offset = 0;
  std::int64_t at_ms = 0;
};

/// A topic as a room finds it.
struct opened_topic {
  log_error error = log_error::none;
  std::string epoch;
  std::uint64_t last = 0;           ///< offset of the newest message; 0: none yet
  std::uint64_t first = 1;          ///< offset of the oldest that is kept; last + 1: none
  std::vector<entry> tail;          ///< the newest, in order
  std::vector<remembered_key> keys; ///< of the last minutes, oldest first
};

/// Which messages to read: those between two offsets, these not included, counted from one of the ends.
struct range {
  std::uint64_t after = 0;
  std::uint64_t before = UINT64_MAX;
  std::uint32_t count_max = 100;
  std::uint64_t bytes_max = 512 << 10; ///< of events and payloads; at least one message is read
  bool is_newest_first = false;        ///< which end; the answer is always in the order of offsets
};

struct read_entries {
  log_error error = log_error::none;
  std::uint64_t first = 1; ///< offset of the oldest message that is kept
  std::vector<entry> entries;
};

/// A topic's writer, as the log tells it what became of its messages. On a thread of the log: must not wait.
class log_listener {
public:
  virtual ~log_listener() = default;
  /// Everything of `term` up to `offset` survives what its level says.
  virtual void stored(std::uint32_t term, std::uint64_t offset) noexcept = 0;
  /// Nothing of `term` from `offset` on was stored, and nothing will be: the next message has this offset and a new
  /// term.
  virtual void not_stored(std::uint32_t term, std::uint64_t offset, log_error why) noexcept = 0;
};

struct append_order {
  std::shared_ptr<log_listener> writer;
  std::string topic;
  entry what;      ///< its offset follows the one before
  std::string key; ///< idempotency key; may be empty
  level until = level::synced;
  std::uint32_t term = 0; ///< of the writer: one more after each not_stored
};

/// The history of durable topics. Orders are queued and return at once; answers come on threads of the log, and must
/// not wait there. Any thread may ask. One writer per topic at a time (the room): orders of one topic are carried out
/// in their order.
class durable_log {
public:
  virtual ~durable_log() = default;

  /// Reads what a room needs to begin; a topic never heard of gets an epoch. `keep` holds from here on, also while
  /// nobody has the topic open. Of `tail_max` messages at most `tail_bytes_max` bytes.
  virtual void open(std::string topic, retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
                    std::function<void(opened_topic)> done) = 0;
  virtual void append(append_order order) = 0;
  virtual void read(std::string topic, range which, std::function<void(read_entries)> done) = 0;
  /// Of messages whose writers have not been told yet.
  virtual std::uint64_t waiting_bytes() const noexcept = 0;
  /// Forgets the topic's messages: it begins again with offset 1 and another epoch. Not while appends are under way.
  virtual void reset(std::string topic, std::function<void(opened_topic)> done) = 0;
};

} // namespace lintel::history
