#pragma once

#include "loadgen/delivery_log.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// What became of acknowledged messages, over all rooms. Each count but the first two is of broken promises.
struct offset_verdict {
  std::uint64_t acknowledged = 0;
  std::uint64_t read_back = 0; ///< of these, found in the history
  std::uint64_t repeated = 0;  ///< one offset was given to two messages
  std::uint64_t holes = 0;     ///< offsets that nobody was given, beyond those of pushes without an answer
  std::uint64_t missing = 0;   ///< acknowledged, and not in the history that should hold it
  std::uint64_t differing = 0; ///< the history has another message at that offset
  std::string first_example;   ///< of the above, in words
};

/// The offsets that pushes were answered with, and what the history holds afterwards. 8 bytes per message. Pure.
class offset_ledger {
public:
  explicit offset_ledger(std::uint32_t rooms) : rooms_(rooms) {}

  /// The room's stream stands at `offset`: ours come behind it. The lowest counts, for several may join.
  void begin(std::uint32_t room, std::uint64_t offset);

  void acknowledge(std::uint32_t room, std::uint64_t offset, message_key key);

  /// A push that was not answered may have an offset that we shall never hear.
  void leave_unanswered(std::uint32_t room) { ++rooms_[room].unanswered; }

  /// Where to begin reading, so that the newest `kept` of ours are read; and the newest offset of ours.
  std::uint64_t read_after(std::uint32_t room, std::uint64_t kept) const noexcept;
  std::uint64_t newest(std::uint32_t room) const noexcept;

  /// The history holds the message `key` at `offset`.
  void read(std::uint32_t room, std::uint64_t offset, message_key key);

  /// A topic keeps at least the newest `kept` messages.
  offset_verdict judge(std::uint64_t kept) const;

  /// An offset further than this behind a room's beginning belongs to no run of ours.
  static constexpr std::uint64_t offsets_max = std::uint64_t{1} << 28;

private:
  struct room_account {
    bool has_begun = false;
    std::uint64_t base = 0; ///< offset of the message before given[0]
    std::uint64_t unanswered = 0;
    std::vector<message_key> given; ///< by offset - base - 1; sequence 0: nobody was given this offset
    std::vector<bool> is_read;
  };

  std::vector<room_account> rooms_;
  offset_verdict found_;
};

} // namespace lintel::loadgen
