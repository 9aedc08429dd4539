#pragma once

#include "actors/letter.hpp"
#include "actors/light_process.hpp"
#include "actors/worker.hpp"

#include <optional>
#include <vector>

namespace lintel::actors {

/// alarm_clock → room: look at what is due.
struct room_alarm : letter {
  explicit room_alarm(worker::clock::time_point time) noexcept : letter(letter_kind::room_alarm), at(time) {}
  const worker::clock::time_point at;
};

/// Wakes one movable process at the times that it asks for. It is a member of the process, is used in the process's
/// turn only, and survives incarnations, as its alarms do. The timers are the workers' (worker_pool::call_after): no
/// thread of its own, and no hop if the process goes on where it set the alarm.
///
/// A process asks for its next deadline whenever that may have changed: after each letter, and when an incarnation
/// begins. Then it has a handful of alarms under way, for only a deadline earlier than all of them adds one. A deadline
/// that is put off leaves its alarm behind: it comes, and finds nothing due.
class alarm_clock {
public:
  using time_point = worker::clock::time_point;

  /// A room_alarm is posted about `when`: at most 10 ms later, and not before but for the length of a worker's turn, so
  /// whoever finds nothing due asks again. Nothing happens if one is under way that comes no later, or if `when` is
  /// nothing. The alarm does not keep the process alive; an ended one gets none.
  void wake_at(light_process& whom, std::optional<time_point> when, time_point now);

  /// A room_alarm was taken, or refused.
  void rang(const room_alarm& which) { std::erase(under_way_, which.at); }

  std::size_t under_way() const noexcept { return under_way_.size(); }

private:
  std::vector<time_point> under_way_; // latest first
};

} // namespace lintel::actors
