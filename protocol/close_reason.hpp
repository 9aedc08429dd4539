#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lintel::protocol {

/// Every way a connection can end. Values are metric labels: append, never renumber.
enum class close_reason : std::uint8_t {
  client_closed,     ///< the client sent a close frame; its code is echoed
  client_gone,       ///< TCP end or reset without a close frame
  idle,              ///< nothing received for the idle timeout
  kicked,            ///< an operator or the socket-id "disconnect"
  protocol_error,    ///< a MUST of RFC 6455 was broken
  unsupported_data,  ///< a binary frame of an unknown dialect
  invalid_data,      ///< bad UTF-8, or a message that can neither be read nor answered
  policy_violation,  ///< too many fragments, or a message that took too long to arrive
  message_too_big,   ///< limits.message_bytes_max
  actor_gave_up,     ///< the connection's actor crashed past its restart budget
  shutting_down,     ///< the server drains or restarts
  slow_consumer,     ///< the outbox reached its budget
  handshake_failed,  ///< the HTTP request was refused; no WebSocket ever existed
  handshake_timeout, ///< no complete HTTP request within the handshake deadline
  served,            ///< an ordinary HTTP response was sent and the connection is done
};

/// One row per reason. Never 1000 for a close of ours: phoenix.js up to 1.8.15 and PhoenixSharp
/// would stay away.
struct close_row {
  close_reason reason;
  std::uint16_t code;           ///< RFC 6455 7.4 and the IANA registry; 0: no close frame is sent
  bool client_should_reconnect; ///< what we want; what clients do is in docs/protocol.md
  std::string_view label;       ///< metric label and log field
  std::string_view text;        ///< reason text of the close frame, at most 123 bytes
};

std::span<const close_row> close_rows() noexcept;
const close_row& row_of(close_reason reason) noexcept;
inline constexpr std::size_t close_reason_count = static_cast<std::size_t>(close_reason::served) + 1;

/// Codes a peer may put into a close frame (RFC 6455 7.4.1, 7.4.2 and the IANA registry).
bool is_valid_close_code(std::uint16_t code) noexcept;

} // namespace lintel::protocol
