#pragma once

#include "supervisors/exit_class.hpp"
#include "supervisors/restart_window.hpp"
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace caf {
class event_based_actor;
}

namespace lintel::supervisors {

class start_result;   // start_result.hpp; a spec can be read and judged without CAF
struct supervision_event;

/// Whom a failed child takes along: nobody, everybody, those started after it; or nobody in a group
/// without an order, whose children are all added at run time and stop all at once.
enum class strategy : std::uint8_t { one_for_one, one_for_all, rest_for_one, dynamic };

/// Which ends of a child are followed by a new start: all, only failures, none.
enum class restart : std::uint8_t { permanent, transient, temporary };

enum class child_kind : std::uint8_t { worker, supervisor };

/// Whether the end of a significant child ends the supervisor: no, the first, the last.
enum class auto_shutdown : std::uint8_t { never, any_significant, all_significant };

/// Asks nothing, kills at once.
struct brutal_kill {};

/// Waits as long as it takes. Right for supervisors: a killed one cannot stop its own in order.
struct infinity {};

/// 5 s for a worker, infinity for a supervisor.
struct default_for_kind {};

/// How a child is stopped. A duration: it is asked to, and killed when it has not ended by then.
using shutdown_policy =
  std::variant<default_for_kind, std::chrono::milliseconds, brutal_kill, infinity>;

/// Called by the supervisor that stands above, on its worker; must not block. May throw, which is a
/// failed start. May return an actor that already lives: it is adopted.
using start_function = std::function<start_result(caf::event_based_actor& supervisor)>;

/// Children of one supervisor whose children have an order. Each step looks at every child, which is
/// quick for a static tree; thousands belong under a dynamic supervisor, or, when each needs a
/// budget of its own, they are light processes that keep theirs in a restart_ledger.
inline constexpr std::size_t children_max = 1'000;

/// One child, as data. Valid together with its siblings only: see flaw_in().
struct child_spec {
  std::string id;         // unique among its siblings; a dynamic supervisor names the nameless
  start_function start;
  supervisors::restart restart = restart::permanent;
  shutdown_policy shutdown = default_for_kind{};
  child_kind kind = child_kind::worker;
  bool significant = false;   // see auto_shutdown
};

/// A supervisor, as data: children in start order; they are stopped in reverse. A dynamic one begins
/// without children, forgets those that have ended, and its restart limit is shared by all of them.
struct supervisor_spec {
  std::string name = "supervisor";
  strategy how = strategy::one_for_one;
  restart_limit limit;
  supervisors::auto_shutdown auto_shutdown = auto_shutdown::never;
  std::vector<child_spec> children;
  /// Of a dynamic supervisor; half a kilobyte each beside the actor. Those that wait for a restart
  /// count, too.
  std::size_t dynamic_children_max = 100'000;
  /// Told what becomes of the children, on the supervisor's worker; must neither block nor throw.
  std::function<void(const supervision_event&)> observe = {};
};

/// What is wrong with the spec, as a sentence; empty: nothing.
[[nodiscard]] std::string flaw_in(const supervisor_spec& spec);
[[nodiscard]] std::string flaw_in(const child_spec& child, auto_shutdown mode);

/// R1. A temporary child is never started again.
[[nodiscard]] constexpr bool is_restarted(restart type, exit_class how) {
  return type == restart::permanent || (type == restart::transient && !is_orderly(how));
}

/// The child's own policy with the default put in.
[[nodiscard]] shutdown_policy shutdown_of(const child_spec& child);

} // namespace lintel::supervisors
