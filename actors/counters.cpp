#include "actors/counters.hpp"

namespace lintel::actors {

std::string_view name_of(counter which) noexcept {
  static constexpr std::array<std::string_view, counter_count> names{
      "kills",
      "crashes",
      "restarts",
      "gave_up",
      "connections_opened",
      "connections_closed",
      "sockets_closed_by_server",
      "accepted",
      "accept_failures",
      "messages_in",
      "messages_refused",
      "broadcasts",
      "deliveries",
      "unhandled",
      "rescued_jobs",
      "hand_overs",
      "restarts_paced",
      "storms_raised",
      "storms_cleared",
      "rooms_quarantined",
      "outbox_bytes_queued",
      "outbox_bytes_sent",
      "outbox_bytes_dropped",
      "exit_signals",
      "exit_reports_suppressed",
      "processes_started",
      "processes_ended",
      "stuck_warned",
      "abandoned",
      "history_appended",
      "history_refused",
      "publish_duplicates",
      "publish_rate_limited",
      "recovered",
      "not_recovered",
      "replayed",
      "dropped_deliveries",
      "sessions_taken_over",
      "closed_idle",
      "closed_kicked",
      "closed_protocol_error",
      "closed_unsupported_data",
      "closed_invalid_data",
      "closed_policy_violation",
      "closed_message_too_big",
      "closed_actor_gave_up",
      "closed_shutting_down",
      "closed_slow_consumer",
  };
  return names[static_cast<std::size_t>(which)];
}

} // namespace lintel::actors
