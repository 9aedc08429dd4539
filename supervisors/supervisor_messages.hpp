#pragma once

#include "supervisors/child_table.hpp"
#include "supervisors/supervisor_command.hpp"
#include "supervisors/supervisor_spec.hpp"
#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/message.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lintel::supervisors {

// What a supervisor understands. All stay within the process. To stop one, send an exit message
// with the reason exit_reason::user_shutdown, see urgent_exit.hpp.

/// To a supervisor, or any child whose start takes several messages; answered by `started` when it
/// is ready, by an error when it will not be.
struct await_started {};
struct started {};

/// To a supervisor; answered by `children_report`.
struct which_children {};

/// To a supervisor; answered by `child_count`.
struct count_children {};

/// To a supervisor, from an operator: end this incarnation. It forgets its past restarts, keeps its
/// living children and starts those that are stopped. Answered by nothing.
struct operator_kill {};

/// To a supervisor; answered by `request_answer` when the child is up.
struct start_child {
  child_spec spec;
};

/// To a supervisor; answered by `request_answer` when the child has ended. Its spec stays, unless the
/// child is temporary or the supervisor dynamic.
struct terminate_child {
  std::string id;
};

/// To a supervisor, about a stopped child; answered by `request_answer` when the child is up.
struct restart_child {
  std::string id;
};

/// To a supervisor, about a stopped child; answered by `request_answer`.
struct delete_child {
  std::string id;
};

/// To a supervisor, about itself: go on with this spec, see supervisor_machine::change_spec;
/// answered by `request_answer`.
struct change_spec {
  supervisor_spec spec;
};

struct request_answer {
  request_outcome outcome;
  std::string id;       // of the child
  caf::actor child;     // null: there is none that lives
  caf::message extra;   // what the child's start gave beside the child
  std::string why;      // empty with `done`
};

struct child_status {
  std::string id;
  child_kind kind;
  caf::actor actor;   // null: none lives
  child_state state;
  std::uint64_t restarts;
  std::string last_exit; // why the one before ended, if that was not asked for
};

/// The children in start order.
struct children_report {
  std::string supervisor;
  strategy how;
  std::vector<child_status> children;
  std::uint64_t kills = 0;                         // of the supervisor, by operators: incarnations that ended in place
  bool is_incarnation_killed = false;              // the one before the present, of this very actor
  std::chrono::steady_clock::time_point began{}; // of its incarnation
};

/// From a supervisor to itself.
struct timer_due {
  timer_id timer;
};

/// From a supervisor to itself: CAF revives an actor that quits while it is being made, so children
/// start one message later.
struct begin {};

} // namespace lintel::supervisors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::await_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::which_children)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::count_children)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::operator_kill)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::start_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::terminate_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::restart_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::delete_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::change_spec)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::request_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::children_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::child_count)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::timer_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::begin)
