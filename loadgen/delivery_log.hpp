#pragma once

#include "loadgen/archive.hpp"

#include <cstdint>
#include <vector>

namespace lintel::loadgen {

/// One message of one sender; unique within a run.
struct message_key {
  std::uint32_t sender = 0;
  std::uint32_t sequence = 0;

  friend bool operator==(const message_key&, const message_key&) = default;
};

/// What the members of one room saw, in one generator thread.
struct room_record {
  std::vector<message_key> order;   ///< as the first member to reach each position saw it
  std::uint32_t faithful_count = 0; ///< members that saw exactly `order`
};

/// A member that saw something else: the first `shared` of its room's order, then `tail`.
struct odd_member {
  std::uint32_t member = 0; ///< connection number over all threads
  std::uint32_t room = 0;
  std::uint64_t shared = 0;
  bool is_truncated = false; ///< the tail was cut at delivery_log::tails_max
  std::vector<message_key> tail;
};

struct delivery_record {
  std::vector<room_record> rooms;
  std::vector<odd_member> odd_members;

  void save(archive_writer& out) const;
  void load(archive_reader& in);
};

/// Writes down what every member received. A room has one writer, so all its members must see one
/// order: that order is kept once per room, and a member is a position in it. Only a member that
/// departs from the order gets a list of its own. So a delivery costs one comparison, and memory is
/// 8 bytes per message, not per delivery. Judged afterwards by delivery_checker.
class delivery_log {
public:
  struct shape {
    std::uint32_t first_member = 0; ///< number of this thread's first connection
    std::uint32_t member_count = 0;
    std::uint32_t room_count = 1; ///< member m sits in room m % room_count
  };

  explicit delivery_log(const shape& wanted);

  /// Local member index, 0 .. member_count - 1.
  void delivered(std::uint32_t member, message_key key);

  delivery_record take();

  /// Entries in all tails together: 32 MiB. A run that departs more often has failed long before.
  static constexpr std::size_t tails_max = 4 * 1024 * 1024;

private:
  struct cursor {
    std::uint32_t position = 0;
    std::int32_t odd = -1; ///< index into odd_
  };

  std::uint32_t room_of(std::uint32_t member) const noexcept {
    return (shape_.first_member + member) % shape_.room_count;
  }
  odd_member& depart(std::uint32_t member);

  shape shape_;
  std::vector<cursor> cursors_;
  std::vector<room_record> rooms_;
  std::vector<odd_member> odd_;
  std::size_t tail_entries_ = 0;
};

} // namespace lintel::loadgen
