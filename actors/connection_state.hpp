#pragma once

#include "actors/connection_limits.hpp"
#include "actors/namespace_rules.hpp"
#include "actors/session.hpp"
#include "protocol/message.hpp"

#include <cstdint>
#include <string_view>

namespace lintel::actors {

/// What to do with a client's message; one value per clause of docs/protocol.md, "Messages of a connection".
enum class step : std::uint8_t {
  answer_heartbeat,
  join,   ///< a topic that is not joined
  rejoin, ///< a topic that is: the new join replaces the old
  leave,
  answer_leave, ///< of a topic that is not joined: ok
  push,
  join_self, ///< $sys:self, answered on the spot, as the next three
  leave_self,
  whoami,
  kill_self,
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
decision decide(session& who, const protocol::message_view& message, const namespaces& spaces,
                const connection_limits& limits);

} // namespace lintel::actors
