#pragma once

#include "loadgen/endpoint.hpp"
#include "loadgen/swarm.hpp"
#include "loadgen/traffic.hpp"

#include <cstdint>
#include <limits>
#include <string>

namespace lintel::loadgen {

/// Everything the generator threads need to know. Connection c sits in room c % rooms, whose
/// topic is `<topic_prefix><number>`; thread p has the connections [first_of(p), first_of(p + 1)).
struct workload {
  endpoint target;
  source_addresses sources;
  std::uint32_t connections = 1;
  std::uint32_t rooms = 1;
  std::string topic_prefix = "room:";
  std::uint32_t threads = 1;
  double connect_rate = 0; ///< per second over all threads; 0: as fast as the window lets them
  nanoseconds heartbeat_interval{};
  std::uint32_t phase_count = 1; ///< measured stretches of the run
  /// 256 handshakes under way, over all threads, keep a server busy without overflowing its accept queue.
  std::uint32_t opening_max = 256;
  nanoseconds connect_limit = std::chrono::hours{24}; ///< who has not joined by then has failed
  /// How exactly a thread watches itself. Fifty of them on two cores must not wake a hundred times a second.
  nanoseconds tick_interval = std::chrono::milliseconds{10};
  nanoseconds heartbeat_slice{};
  nanoseconds nap{};           ///< between two looks at the sockets while no latency is measured
  bool leaves_politely = true; ///< closing handshakes at the end; else resets
  /// Latencies count in the rooms below this number only.
  std::uint32_t latency_rooms = std::numeric_limits<std::uint32_t>::max();
  std::string hall; ///< topic of the room everybody can enter beside its own; may be empty
  traffic_plan traffic;

  std::uint32_t first_of(std::uint32_t thread) const noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{connections} * thread / threads);
  }
  std::uint32_t members_of(std::uint32_t room) const noexcept {
    return connections / rooms + (room < connections % rooms ? 1 : 0);
  }
  swarm_share share_of(std::uint32_t thread) const noexcept;
};

} // namespace lintel::loadgen
