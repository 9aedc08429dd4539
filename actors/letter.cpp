#include "actors/letter.hpp"

#include <array>
#include <cstddef>

namespace lintel::actors {

std::string_view name_of(letter_kind kind) noexcept {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(letter_kind::none) + 1> names{
      "control",        "inbound_frame", "client_closes", "room_join",    "room_leave",    "room_push",
      "retire_request", "retire",        "room_delivery", "join_settled", "leave_settled", "request_settled",
      "room_gone",      "socket_ready",  "worker_call",   "system_news",  "room_request",  "log_news",
      "history_page",   "stream_reset",  "session_moved", "room_alarm",   "caf_message",   "begin",
  };
  const auto index = static_cast<std::size_t>(kind);
  return index < names.size() ? names[index] : "unknown";
}

} // namespace lintel::actors
