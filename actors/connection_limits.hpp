#pragma once

#include <cstddef>
#include <cstdint>

namespace lintel::actors {

/// What one connection may have under way.
struct connection_limits {
  std::size_t channels_max = 100;        ///< Phoenix's max_channels_per_transport
  std::uint32_t inbound_window = 64;     ///< unhandled messages before the socket is no longer read
  std::uint32_t room_mailbox_max = 8192; ///< waiting in a room before pushes are refused: some 30 ms of its work
  bool takes_chaos_events = false;       ///< the event chaos:crash throws in the connection's handler
};

} // namespace lintel::actors
