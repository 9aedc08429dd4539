#pragma once

#include "actors/session.hpp"
#include "actors/topic_routes.hpp"
#include "protocol/message.hpp"

#include <cstdint>
#include <string_view>

namespace lintel::actors {

struct connection_limits {
  std::size_t channels_max = 100;        ///< Phoenix's max_channels_per_transport
  std::uint32_t inbound_window = 64;     ///< unhandled messages before the socket is no longer read
  std::uint32_t room_mailbox_max = 8192; ///< waiting in a room before pushes are refused: some 30 ms of its work
};

/// What to do with a client's message; one value per clause of docs/protocol.md, "Messages of a connection".
enum class step : std::uint8_t {
  answer_heartbeat,
  join,   ///< a topic that is not joined
  rejoin, ///< a topic that is: the new join replaces the old
  leave,
  answer_leave, ///< of a topic that is not joined: ok
  push,
  wait,             ///< a join or leave of this topic is under way; its answer decides
  ignore,           ///< the join_ref is stale: a close is on its way already
  refuse,           ///< with `reason`, and the request's join_ref
  refuse_unmatched, ///< "unmatched topic", join_ref null as Phoenix sends it
};

struct decision {
  step what;
  channel* at = nullptr;     ///< the channel concerned, if any
  std::string_view reason{}; ///< a literal, for `refuse`
};

/// Decides by Phoenix.Socket's rules (lib/phoenix/socket.ex, __in__ and handle_in). Changes nothing.
decision decide(session& who, const protocol::message_view& message, const topic_routes& routes,
                const connection_limits& limits);

} // namespace lintel::actors
