#include "loadgen/workload.hpp"

#include <algorithm>

namespace lintel::loadgen {

swarm_share workload::share_of(std::uint32_t thread) const noexcept {
  return {.first_number = first_of(thread),
          .member_count = first_of(thread + 1) - first_of(thread),
          .room_count = rooms,
          .opening_max = std::max(1u, opening_max / threads),
          .connect_rate = connect_rate / threads,
          .heartbeat_interval = heartbeat_interval,
          .heartbeat_slice = heartbeat_slice,
          // phoenix.js gives a join 10 s.
          .opening_deadline = std::chrono::seconds{10}};
}

} // namespace lintel::loadgen
