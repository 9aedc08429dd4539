#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace lintel::supervisors {

/// Names a child for as long as its spec is held; never used twice by one supervisor.
enum class child_key : std::uint32_t {};

/// Names a request that waits for its answer; chosen by the caller.
enum class request_id : std::uint64_t {};

enum class timer_id : std::uint64_t {};

/// What became of a request. OTP's words; a value is a metric label: append, never renumber.
enum class request_outcome : std::uint8_t {
  done,
  already_started,   ///< start_child: the id is taken by a child that lives
  already_present,   ///< start_child: the id is taken by a child that is stopped
  not_found,
  running,           ///< restart_child, delete_child: only for stopped children
  restarting,        ///< the same, the child is between two starts
  invalid_spec,
  start_failed,
  interrupted,       ///< the child was terminated before it had started
  shutting_down,
  max_children,      ///< start_child: a dynamic supervisor has all the children it may have
  not_kept,          ///< restart_child, delete_child: a dynamic supervisor keeps no stopped child
};

/// Why a supervisor ended.
enum class finish_cause : std::uint8_t { asked, auto_shutdown, gave_up, failed_to_start };

// The commands of a supervisor_machine. The caller carries them out in order.

/// Call the child's start function; answer with child_started, _ignored or _failed_to_start.
struct start_one {
  child_key child;
};

/// Ask the child to stop.
struct stop_one {
  child_key child;
};

struct kill_one {
  child_key child;
};

/// A killed child did not end, its thread hangs in a handler: forget it.
struct abandon_one {
  child_key child;
};

/// Call timer_fired(timer) after `delay`. Timers are never cancelled; a late one does nothing.
struct arm_timer {
  timer_id timer;
  std::chrono::milliseconds delay;
};

struct answer_request {
  request_id request;
  request_outcome outcome;
  std::optional<child_key> child;   // when there is one
  std::string why;                  // empty with `done`
};

/// The child is up again.
struct report_restart {
  child_key child;
};

/// Every child has started.
struct report_started {};

/// No child lives: end with this reason. The last command.
struct finish {
  finish_cause cause;
  std::string why;
};

using supervisor_command = std::variant<start_one, stop_one, kill_one, abandon_one, arm_timer,
                                        answer_request, report_restart, report_started, finish>;

} // namespace lintel::supervisors
