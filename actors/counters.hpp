#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lintel::actors {

/// What is counted since start. Names are metric labels: append, never reorder.
enum class counter : std::uint8_t {
  kills,                    ///< incarnations ended by an operator
  crashes,                  ///< incarnations ended by an exception
  restarts,                 ///< incarnations begun after a kill or a crash
  gave_up,                  ///< processes that crashed past their budget
  connections_opened,       ///< WebSocket upgrades completed
  connections_closed,       ///< of those, sockets that are gone
  sockets_closed_by_server, ///< of those, closed on our initiative
  accepted,                 ///< TCP connections accepted
  accept_failures,          ///< accept() errors, the ones worth retrying included
  messages_in,              ///< Phoenix messages decoded
  messages_refused,         ///< messages the decoder refused
  broadcasts,               ///< messages a room fanned out
  deliveries,               ///< frames of broadcasts put into outboxes
  unhandled,                ///< letters or CAF messages that nobody expected: must stay 0
  rescued_jobs,             ///< jobs that an idle worker took from a busy one
  hand_overs,               ///< workers that went on with another thread because a handler took long
  restarts_paced,           ///< restarts that had to wait because many others crashed, too
  storms_raised,            ///< alarms of a group's storm breaker
  storms_cleared,           ///< of those, the ones that are over
  rooms_quarantined,        ///< rooms that crashed past their budget, and may not start again for a while
  outbox_bytes_queued,      ///< bytes of frames put into outboxes
  outbox_bytes_sent,        ///< of those, the bytes that the kernel took
  outbox_bytes_dropped,     ///< of those, the bytes that went with their sockets
  exit_signals,             ///< processes ended by an exit signal that was no orderly shutdown
  exit_reports_suppressed,  ///< crashes whose line in the log was left out, and counted in a summary
  processes_started,        ///< light processes of any kind
  processes_ended,          ///< of those, the ones that are over
  stuck_warned,             ///< handlers that took longer than stuck_limits::warn
  abandoned,            ///< of those, the ones whose thread was stopped for good, and whose actor went on without it
  history_appended,     ///< messages that got an offset
  history_refused,      ///< messages that could not be stored
  publish_duplicates,   ///< pushes whose idempotency key was known
  publish_rate_limited, ///< pushes beyond their namespace's rate
  recovered,            ///< joins that got everything they had missed
  not_recovered,        ///< joins that asked for it and could not get it
  replayed,             ///< messages sent to those who recovered
  dropped_deliveries,   ///< frames not given to slow clients, where a namespace allows that
  sessions_taken_over,  ///< sockets closed because another one came with the same session
  sessions_contested,   ///< upgrades refused because their session had moved from socket to socket too often
  presence_told,        ///< events about presence that rooms told all their members
  api_requests,         ///< requests below /api/ that were complete
  api_timeouts,         ///< of those, the ones that nobody answered in time
  closed_idle,          ///< sockets closed on our initiative, by protocol::close_reason
  closed_kicked,
  closed_protocol_error,
  closed_unsupported_data,
  closed_invalid_data,
  closed_policy_violation,
  closed_message_too_big,
  closed_actor_gave_up,
  closed_shutting_down,
  closed_slow_consumer,
};
inline constexpr std::size_t counter_count = static_cast<std::size_t>(counter::closed_slow_consumer) + 1;

std::string_view name_of(counter which) noexcept;

/// The counters of one worker: written by that worker alone, read by anybody.
class alignas(64) counter_block {
public:
  /// The owning worker only: a load and a store, no locked instruction.
  void add(counter which, std::uint64_t n = 1) noexcept {
    auto& value = values_[static_cast<std::size_t>(which)];
    value.store(value.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  /// Any thread.
  void add_shared(counter which, std::uint64_t n = 1) noexcept {
    values_[static_cast<std::size_t>(which)].fetch_add(n, std::memory_order_relaxed);
  }
  std::uint64_t value(counter which) const noexcept {
    return values_[static_cast<std::size_t>(which)].load(std::memory_order_relaxed);
  }

private:
  std::array<std::atomic<std::uint64_t>, counter_count> values_{};
};

} // namespace lintel::actors
