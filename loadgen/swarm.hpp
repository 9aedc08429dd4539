#pragma once

#include "loadgen/client_connection.hpp"

#include <cstdint>
#include <vector>

namespace lintel::loadgen {

/// One thread's part of all connections.
struct swarm_share {
  std::uint32_t first_number = 0; ///< of its connections, over all threads
  std::uint32_t member_count = 0;
  std::uint32_t room_count = 1;
  std::uint32_t opening_max = 256; ///< connections that may be between connect and joined at a time
  double connect_rate = 0; ///< new connections per second; 0: as fast as opening_max lets them
  nanoseconds heartbeat_interval{};
  nanoseconds heartbeat_slice{};  ///< what is due within it leaves together: fewer wake-ups
  nanoseconds opening_deadline{}; ///< connections still opening are given up when none got ahead
                                  ///< for so long
};

/// Coprime to `count` and near its golden section: visiting 0, s, 2s ... modulo `count` meets everyone once, and any
/// first part of the numbers evenly in between.
std::uint32_t spread_stride(std::uint32_t count) noexcept;

/// All connections of one thread in one epoll. `context` must outlive it.
class swarm {
public:
  swarm(const swarm_share& share, client_context& context);
  ~swarm();
  swarm(const swarm&) = delete;
  swarm& operator=(const swarm&) = delete;

  /// Also wait for `fd` to be readable; turn() then returns true.
  void watch(int fd);

  /// Opens what may be opened now and gives up what hangs. When it wants to be called again.
  time_point open_due(time_point now);

  /// Sends the heartbeats that are due, spread evenly over the interval, also while only some are open. When the next
  /// one is.
  time_point heartbeat_due(time_point now);

  /// Lets the next members ask for the hall, opening_max at a time: call it once, and again whenever one has entered.
  void enter_hall();

  /// Waits until `until` for sockets and serves at most events_per_turn of them. True: the watched
  /// descriptor is readable.
  bool turn(time_point until);

  /// Closes politely: `leave` starts it; what has not left in time is abandoned.
  void leave();
  bool has_left() const noexcept;
  void abandon_leaving();

  client_connection& member(std::uint32_t index) { return members_[index]; }
  std::uint32_t member_count() const noexcept { return share_.member_count; }

  /// Few enough that a due send never waits long for the turn to end (6 µs per event, measured:
  /// under 1 ms).
  static constexpr int events_per_turn = 128;

private:
  void open_next();
  void settled(std::uint32_t count) noexcept;
  void abandon_opening();

  swarm_share share_;
  client_context& context_;
  int epoll_fd_ = -1;
  std::vector<client_connection> members_;
  std::uint32_t opened_count_ = 0;
  std::uint32_t opening_count_ = 0; ///< opened and neither joined nor failed yet
  time_point open_started_;
  time_point last_settled_;
  time_point heartbeats_started_;
  std::int64_t heartbeats_sent_ = 0;
  std::uint32_t heartbeat_stride_;
  std::uint32_t heartbeat_member_ = 0; ///< the next
  time_point heartbeats_next_;
  std::uint32_t hall_asked_count_ = 0;
  std::uint32_t hall_asking_count_ = 0;
};

} // namespace lintel::loadgen
