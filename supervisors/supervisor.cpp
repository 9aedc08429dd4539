#include "supervisors/supervisor.hpp"

#include "base/ensure.hpp"
#include "supervisors/exit_reason.hpp"
#include "supervisors/urgent_exit.hpp"
#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
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
  }
}

} // namespace

supervisor::supervisor(caf::actor_config& config, supervisor_spec spec,
                       std::shared_ptr<supervisor_stats> stats)
  : caf::event_based_actor(config), name_(spec.name), observer_(spec.observe),
    machine_(std::move(spec)), stats_(std::move(stats)) {
  base::ensure(stats_ != nullptr, "a supervisor has somewhere to count");
}

caf::behavior supervisor::make_behavior() {
  set_system_handlers();
  send(this, begin{});
  return {
    [this](begin) {
      machine_.start();
      run();
    },
    [this](timer_due due) {
      machine_.timer_fired(due.timer);
      run();
    },
    [this](await_started) { return promise_start(); },
    [this](which_children) { return report_children(); },
    [this](count_children) { return machine_.children().count(); },
    [this](operator_kill) {
      stats_->kills.fetch_add(1, std::memory_order_relaxed);
      observe(event::incarnation_killed);
      machine_.begin_incarnation();
      run();
    },
    [this](start_child& what) {
      return take_request([&](request_id id) { machine_.start_child(id, std::move(what.spec)); });
    },
    [this](const terminate_child& what) {
      return take_request([&](request_id id) { machine_.terminate_child(id, what.id); });
    },
    [this](const restart_child& what) {
      return take_request([&](request_id id) { machine_.restart_child(id, what.id); });
    },
    [this](const delete_child& what) {
      return take_request([&](request_id id) { machine_.delete_child(id, what.id); });
    },
  };
}

// CAF's defaults print through an actor of their own, and end the supervisor when any actor sends
// it an error.
void supervisor::set_system_handlers() {
  set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
  set_down_handler([this](caf::down_msg& down) { child_ended(down); });
  set_exit_handler([this](caf::exit_msg& exit) {
    if (!exit.reason)
      return;   // somebody linked to us ended well
    machine_.shut_down();
    run();
  });
  set_error_handler([this](caf::error& stray) {
    stats_->unexpected.fetch_add(1, std::memory_order_relaxed);
    observe(event::message_unexpected, {}, text_of(stray));
  });
  set_default_handler([this](caf::scheduled_actor*, caf::message_view& message) {
    stats_->unexpected.fetch_add(1, std::memory_order_relaxed);
    observe(event::message_unexpected, {}, message.content().stringify());
    return caf::result<caf::message>{caf::sec::unexpected_message};
  });
}

// Killed, or broken: nobody is left to stop the children in order, but they must not live on
// unsupervised. The promises hold this actor; dropped here, they do not keep it for ever.
void supervisor::on_exit() {
  for (const auto& [key, child] : living_)
    urgent_exit(nullptr, child, caf::exit_reason::user_shutdown);
  living_.clear();
  keys_.clear();
  requests_.clear();
  start_waiters_.clear();
}

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

void supervisor::start_failed(child_key key, const std::string& why) {
  observe(event::child_not_started, id_of(key), why);
  machine_.child_failed_to_start(key, why, system().clock().now());
}

void supervisor::child_ended(const caf::down_msg& down) {
  const auto found = keys_.find(down.source.id());
  if (found == keys_.end())
    return;   // abandoned long ago, and ended after all
  const auto key = found->second;
  const auto why = text_of(down.reason);
  const auto* child = machine_.children().find(key);
  const bool is_expected = child == nullptr || child->must_stop
                           || child->state == child_record::phase::stopping;
  if (!is_expected)
    observe(child->state == child_record::phase::starting ? event::child_not_started
                                                          : event::child_ended,
            child->spec.id, why, class_of(down.reason));
  forget(key);
  machine_.child_down(key, class_of(down.reason), why, system().clock().now());
  run();
}

void supervisor::forget(child_key key) {
  keys_.erase(living(key).id());
  living_.erase(key);
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
  const auto child = command.child ? living(*command.child) : caf::actor{};
  request.mapped().deliver(request_answer{command.outcome, child, command.why});
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

template <class Ask>
caf::response_promise supervisor::take_request(Ask ask) {
  const auto id = request_id{++requests_taken_};
  auto promise = make_response_promise();
  requests_.emplace(id, promise);
  ask(id);
  run();
  return promise;
}

caf::response_promise supervisor::promise_start() {
  auto promise = make_response_promise();
  if (is_up_)
    promise.deliver(started{});
  else
    start_waiters_.push_back(promise);
  return promise;
}

children_report supervisor::report_children() const {
  children_report report{name_, machine_.how(), {}};
  for (const auto& child : machine_.children().all())
    report.children.push_back({child.spec.id, child.spec.kind, living(child.key),
                               child.shown_state(), child.restarts});
  return report;
}

caf::actor supervisor::living(child_key key) const {
  const auto found = living_.find(key);
  return found == living_.end() ? caf::actor{} : found->second;
}

std::string supervisor::id_of(child_key key) const {
  const auto* child = machine_.children().find(key);
  return child == nullptr ? std::string{} : child->spec.id;
}

void supervisor::observe(event what, std::string_view child, std::string_view why,
                         exit_class how) const {
  if (observer_)
    observer_({what, name_, child, how, why});
}

start_function start_supervisor(supervisor_spec spec, std::shared_ptr<supervisor_stats> stats) {
  if (stats == nullptr)
    stats = std::make_shared<supervisor_stats>(spec);
  return [spec = std::move(spec), stats = std::move(stats)](caf::event_based_actor& parent) {
    if (auto flaw = flaw_in(spec); !flaw.empty())
      return start_result::failed(std::move(flaw));
    return start_result::starting(parent.spawn<supervisor>(spec, stats));
  };
}

} // namespace lintel::supervisors
