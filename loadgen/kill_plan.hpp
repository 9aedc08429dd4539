#pragma once

#include "loadgen/clock.hpp"
#include "loadgen/control_client.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lintel::loadgen {

/// One fault for one actor.
struct kill_order {
  enum class actor : std::uint8_t { connection, room };

  actor target = actor::connection;
  std::uint32_t index = 0; ///< which connection or room
  fault how = fault::kill;
};

/// The faults of a chaos run, all decided before it starts: evenly spaced at `rate`, in random
/// order, from one seed. An actor is never hit twice within half a round, so that every fault meets
/// a living incarnation.
class kill_plan {
public:
  struct shape {
    std::uint32_t connections = 0; ///< that may be hit; 0: none
    std::uint32_t kills_per_actor =
        0; ///< exactly so many per connection; 0: `connection_kills` in total
    std::uint32_t connection_kills = 0;
    std::uint32_t rooms = 0;
    std::uint32_t room_kills = 0; ///< in total
    double rate = 1;              ///< orders per second, > 0
    double crash_share = 0;       ///< of each connection's faults; rooms are only killed
    std::uint64_t seed = 1;
  };

  explicit kill_plan(const shape& wanted);

  /// The orders due `elapsed` after the start that were not handed out before; at most
  /// orders_per_turn.
  std::span<const kill_order> due(nanoseconds elapsed);

  bool is_done() const noexcept { return handed_out_ == orders_.size(); }
  std::size_t size() const noexcept { return orders_.size(); }

  /// One request to the control socket names no more actors than this: after a stall the plan
  /// catches up in steps instead of killing everything at once.
  static constexpr std::size_t orders_per_turn = 256;

private:
  double rate_;
  std::vector<kill_order> orders_;
  std::size_t handed_out_ = 0;
};

} // namespace lintel::loadgen
