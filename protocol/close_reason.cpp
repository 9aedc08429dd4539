#include "protocol/close_reason.hpp"

#include <algorithm>
#include <array>

namespace lintel::protocol {

namespace {

// Reconnecting is wanted where the same client would succeed next time, and not where it would only
// repeat its mistake.
constexpr std::array<close_row, close_reason_count> rows{{
    {close_reason::client_closed, 0, false, "client_closed", ""},
    {close_reason::client_gone, 0, true, "client_gone", ""},
    {close_reason::idle, 1001, true, "idle", "idle for too long"},
    {close_reason::kicked, 1001, true, "kicked", "disconnected by the server"},
    {close_reason::protocol_error, 1002, false, "protocol_error", "protocol error"},
    {close_reason::unsupported_data, 1003, false, "unsupported_data", "unsupported data"},
    {close_reason::invalid_data, 1007, false, "invalid_data", "invalid data"},
    {close_reason::policy_violation, 1008, false, "policy_violation", "policy violation"},
    {close_reason::message_too_big, 1009, false, "message_too_big", "message too big"},
    {close_reason::actor_gave_up, 1011, true, "actor_gave_up", "internal error"},
    {close_reason::shutting_down, 1012, true, "shutting_down", "server restarts"},
    {close_reason::slow_consumer, 1013, true, "slow_consumer", "slow consumer"},
    {close_reason::handshake_failed, 0, false, "handshake_failed", ""},
    {close_reason::handshake_timeout, 0, false, "handshake_timeout", ""},
    {close_reason::served, 0, false, "served", ""},
}};

// row_of() indexes by the enumerator; a control frame carries 125 bytes, two of them the code.
constexpr bool rows_are_sound() {
  for (std::size_t at = 0; at < rows.size(); ++at) {
    if (static_cast<std::size_t>(rows[at].reason) != at || rows[at].text.size() > 123)
      return false;
    if (rows[at].code == 1000)
      return false;
  }
  return true;
}
static_assert(rows_are_sound());

} // namespace

std::span<const close_row> close_rows() noexcept { return rows; }

const close_row& row_of(close_reason reason) noexcept { return rows[static_cast<std::size_t>(reason)]; }

bool is_valid_close_code(std::uint16_t code) noexcept {
  // 1004 is reserved; 1005, 1006 and 1015 never travel; 1012 to 1014 are IANA's.
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

} // namespace lintel::protocol
