#pragma once

#include "actors/light_process.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace lintel::actors {

/// A slot of the worker's connection table, and whether that member hears offsets and may see who is present: a word,
/// for a broadcast walks through all of them.
inline constexpr std::uint32_t room_member_slots_max = 0x3fff'ffff;
struct room_member {
  std::uint32_t slot : 30;
  std::uint32_t hears_offsets : 1;
  std::uint32_t sees_presence : 1;
};

/// The members of one room on one worker. The room makes it and holds it, to say where a post goes; what is not
/// const belongs to that worker alone. The topic is stored here once, and nowhere per member.
class room_leg {
public:
  room_leg(process_ptr<light_process> of_room, std::string of_topic, std::uint16_t on_worker)
      : room(std::move(of_room)), topic(std::move(of_topic)), worker(on_worker) {}

  const process_ptr<light_process> room;
  const std::string topic;
  const std::uint16_t worker;
  std::vector<room_member> members;
  /// The newest offset that members here have been told, in a message or by their join. For operators.
  std::uint64_t newest_offset = no_offset;
  static constexpr std::uint64_t no_offset = ~std::uint64_t{0}; ///< the room keeps no history

private:
  friend void intrusive_ptr_add_ref(room_leg* it) noexcept { it->references_.fetch_add(1, std::memory_order_relaxed); }
  friend void intrusive_ptr_release(room_leg* it) noexcept {
    if (it->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete it;
  }
  std::atomic<std::uint32_t> references_{0};
};
using room_leg_ptr = boost::intrusive_ptr<room_leg>;

} // namespace lintel::actors
