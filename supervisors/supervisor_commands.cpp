// What a supervisor does when its machine wants it done: one carry_out() per command.
#include "supervisors/supervisor.hpp"

#include "base/ensure.hpp"
#include "supervisors/exit_reason.hpp"
#include "supervisors/urgent_exit.hpp"
#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>
#include <exception>
#include <utility>

namespace lintel::supervisors {
namespace {

using event = supervision_event::kind;

// Where code that is not ours meets its supervisor: what it throws is a failed start.
start_result start_safely(const start_function& start, caf::event_based_actor& parent) {
  try {
    return start(parent);
  } catch (const std::exception& what) {
    return start_result::failed(what.what());
  } catch (...) {
    return start_result::failed("it threw something that is no exception");
  }
}

} // namespace

void supervisor::run() {
  while (const auto command = machine_.next_command())
    std::visit([this](const auto& what) { carry_out(what); }, *command);
}

void supervisor::carry_out(const start_one& command) {
  const auto* child = machine_.children().find(command.child);
  base::ensure(child != nullptr, "a child that is to start has a spec");
  adopt(command.child, start_safely(child->spec.start, *this));
}

void supervisor::adopt(child_key key, const start_result& result) {
  using status = start_result::status;
  if (result.what() == status::ignored) {
    machine_.child_ignored(key);
    return;
  }
  if (result.what() == status::failed || !result.actor()) {
    start_failed(key, result.why().empty() ? "no actor and no reason" : result.why());
    return;
  }
  monitor(result.actor());
  living_.insert_or_assign(key, result.actor());
  keys_.insert_or_assign(result.actor().id(), key);
  if (!result.extra().empty() && machine_.children().find(key)->start_request)
    extras_.insert_or_assign(key, result.extra());
  if (result.what() == status::starting)
    await_start_of(key, result.actor());
  else
    machine_.child_started(key);
}

// No timeout: a child that never gets ready holds its siblings back (S1), and can be stopped.
void supervisor::await_start_of(child_key key, const caf::actor& child) {
  // An answer may come after the child was stopped, or even after it was started once more.
  const auto is_current = [this, key, id = child.id()] {
    const auto* record = machine_.children().find(key);
    const auto actor = living(key);
    return actor && actor.id() == id && record->state == child_record::phase::starting;
  };
  request(child, caf::infinite, await_started{})
    .then(
      [=, this](started) {
        if (!is_current())
          return;
        machine_.child_started(key);
        run();
      },
      [=, this](const caf::error& reason) {
        // Its down message decides, and says why: this may only be CAF's word that the receiver was
        // gone before it read the question. One that refused and still lives is made to end.
        if (is_current())
          urgent_exit(this, living(key), reason);
      });
}

void supervisor::forget(child_key key) {
  keys_.erase(living(key).id());
  living_.erase(key);
  extras_.erase(key);
}

void supervisor::carry_out(const stop_one& command) {
  urgent_exit(this, living(command.child), caf::exit_reason::user_shutdown);
}

void supervisor::carry_out(const kill_one& command) {
  observe(event::child_killed, id_of(command.child));
  urgent_exit(this, living(command.child), caf::exit_reason::kill);
}

void supervisor::carry_out(const abandon_one& command) {
  stats_->abandoned.fetch_add(1, std::memory_order_relaxed);
  observe(event::child_abandoned, id_of(command.child));
  demonitor(living(command.child));
  forget(command.child);
}

void supervisor::carry_out(const arm_timer& command) {
  if (command.delay == command.delay.zero())
    send(this, timer_due{command.timer});
  else
    delayed_send(this, command.delay, timer_due{command.timer});
}

void supervisor::carry_out(const answer_request& command) {
  auto request = requests_.extract(command.request);
  base::ensure(!request.empty(), "a request is answered once");
  request_answer answer{.outcome = command.outcome, .why = command.why};
  if (command.child) {
    answer.id = id_of(*command.child);
    answer.child = living(*command.child);
    if (auto extra = extras_.extract(*command.child); !extra.empty())
      answer.extra = std::move(extra.mapped());
  }
  request.mapped().deliver(std::move(answer));
}

void supervisor::carry_out(const report_restart& command) {
  const auto id = id_of(command.child);
  stats_->count_restart(id);
  observe(event::child_restarted, id);
}

void supervisor::carry_out(const report_started&) {
  is_up_ = true;
  for (auto& waiter : std::exchange(start_waiters_, {}))
    waiter.deliver(started{});
}

void supervisor::carry_out(const finish& command) {
  observe(event::finished, {}, command.why);
  const auto reason = exit_reason_of(command);
  for (auto& waiter : std::exchange(start_waiters_, {}))
    waiter.deliver(reason);
  quit(reason);
}

} // namespace lintel::supervisors
