#include "supervisors/supervisor.hpp"

#include "base/ensure.hpp"
#include "supervisors/bounded_text.hpp"
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

} // namespace

supervisor::supervisor(caf::actor_config& config, supervisor_spec spec,
                       std::shared_ptr<supervisor_stats> stats)
  : caf::event_based_actor(config), name_(spec.name), observer_(spec.observe),
    machine_(std::move(spec), static_cast<std::uint32_t>(id())), stats_(std::move(stats)) {
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
      began_ = std::chrono::steady_clock::now();
      is_incarnation_killed_ = true;
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
    [this](change_spec& what) {
      return take_request([&](request_id id) { machine_.change_spec(id, std::move(what.spec)); });
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
    observe(event::message_unexpected, {}, bounded(message.content().stringify()));
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

void supervisor::start_failed(child_key key, const std::string& why) {
  const auto text = bounded(why);
  observe(event::child_not_started, id_of(key), text);
  machine_.child_failed_to_start(key, text, system().clock().now());
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
  report.kills = stats_->kills.load(std::memory_order_relaxed);
  report.is_incarnation_killed = is_incarnation_killed_;
  report.began = began_;
  for (const auto& child : machine_.children().all())
    report.children.push_back({child.spec.id, child.spec.kind, living(child.key),
                               child.shown_state(), child.restarts, child.last_exit});
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
