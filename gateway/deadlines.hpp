#pragma once

#include "gateway/connection.hpp"
#include "gateway/gateway_config.hpp"
#include "protocol/close_reason.hpp"

namespace lintel::gateway {

/// The next moment at which somebody must look at a connection, and what is wrong if nothing has changed by then.
struct deadline {
  quarter_ticks at;
  protocol::close_reason reason;
};

/// Answered before, and nothing of another request is here.
inline bool is_between_requests(const connection& c) noexcept {
  return c.at == connection::phase::handshaking && c.is_kept_alive && !c.unread;
}

/// The earliest deadline of a connection as it stands. Pure: nothing is armed or remembered.
deadline next_deadline(const connection& c, const gateway_deadlines& limits) noexcept;

constexpr quarter_ticks to_ticks(std::chrono::milliseconds d) noexcept {
  return static_cast<quarter_ticks>((d.count() + 249) / 250);
}

} // namespace lintel::gateway
