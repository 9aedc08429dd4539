#include "supervisors/supervisor_machine.hpp"

#include "base/ensure.hpp"
#include "supervisors/start_back_off.hpp"
#include <utility>

namespace lintel::supervisors {

supervisor_machine::supervisor_machine(supervisor_spec spec,
                                       std::optional<std::uint32_t> jitter_seed)
  : how_(spec.how), limit_(spec.limit), auto_shutdown_(spec.auto_shutdown),
    dynamic_children_max_(spec.dynamic_children_max), window_(spec.limit) {
  base::ensure(flaw_in(spec).empty(), "a spec is checked before a supervisor is made from it");
  if (jitter_seed)
    jitter_.emplace(*jitter_seed);
  for (auto& child : spec.children)
    children_.append(std::move(child)).must_start = true;
}

void supervisor_machine::start() {
  base::ensure(phase_ == phase::idle, "a supervisor is started once");
  phase_ = phase::starting;
  advance();
}

void supervisor_machine::child_started(child_key key) {
  auto* child = children_.find(key);
  if (child == nullptr || child->state != child_record::phase::starting)
    return;   // told to stop meanwhile
  children_.enter(*child, child_record::phase::up);
  child->failed_starts = 0;
  if (child->was_up && !child->start_request) {
    ++child->restarts;
    ++restarts_;
    commands_.emplace_back(report_restart{key});
  }
  child->was_up = true;
  if (!child->must_stop)
    settle_start(*child, request_outcome::done, {});
  // It will not be started again: what its start function holds may be large.
  if (child->spec.restart == restart::temporary && !child->must_start)
    child->spec.start = nullptr;
  advance();
}

// S3, R8: an ignored child keeps its spec and is stopped, unless specs of its like are not kept.
void supervisor_machine::child_ignored(child_key key) {
  auto* child = children_.find(key);
  if (child == nullptr || child->state != child_record::phase::starting)
    return;
  children_.enter(*child, child_record::phase::stopped);
  child->failed_starts = 0;
  if (!child->must_stop)
    settle_start(*child, request_outcome::done, {});
  stopped(*child);
  advance();
}

void supervisor_machine::child_failed_to_start(child_key key, std::string_view why,
                                               time_point now) {
  child_down(key, exit_class::crash, why, now);
}

void supervisor_machine::child_down(child_key key, exit_class how, std::string_view why,
                                    time_point now) {
  auto* child = children_.find(key);
  if (child == nullptr || child->is_stopped())
    return;
  const bool was_starting = child->state == child_record::phase::starting;
  // T3: a child that has to end anyway may do so by itself and for any reason.
  const bool was_expected = child->state == child_record::phase::stopping || child->must_stop;
  children_.enter(*child, child_record::phase::stopped);
  child->timer.reset();
  if (!was_expected)
    child->last_exit = why;
  if (was_expected)
    stopped(*child);
  else if (was_starting)
    start_failed(*child, why, now);
  else
    ended(*child, how, why, now);
  advance();
}

void supervisor_machine::timer_fired(timer_id timer) {
  auto* child = children_.take(timer);
  if (child == nullptr)
    return;   // the child ended, or was stopped, before its time was up
  child->timer.reset();
  if (child->is_stopped()) {
    owe_start(*child);
    take_along(*child);
  } else if (!child->is_killed) {
    kill(*child);
  } else {
    commands_.emplace_back(abandon_one{child->key});
    children_.enter(*child, child_record::phase::stopped);
    stopped(*child);
  }
  advance();
}

void supervisor_machine::shut_down() {
  wind_up(finish_cause::asked, "asked to stop");
  advance();
}

void supervisor_machine::begin_incarnation() {
  if (is_stopping() || phase_ == phase::idle)
    return;
  window_.clear();
  std::vector<child_key> forgotten;
  for (const auto& child : children_.all())
    if (child.is_added && child.is_stopped() && !child.start_request && !is_dynamic())
      forgotten.push_back(child.key);
  for (const auto key : forgotten)
    children_.erase(key);
  for (auto& child : children_.all()) {
    child.failed_starts = 0;
    if (!child.is_stopped())
      continue;
    child.timer.reset();
    owe_start(child);
  }
  advance();
}

// Ended because it had to.
void supervisor_machine::stopped(child_record& child) {
  child.must_stop = false;
  for (const auto request : std::exchange(child.stop_requests, {}))
    answer(request, request_outcome::done, {});
  // R1: a temporary child does not outlive its stop, not even as a bystander.
  if (!keeps_spec_of(child) && !child.must_start)
    children_.erase(child.key);
}

// Ended by itself.
void supervisor_machine::ended(child_record& child, exit_class how, std::string_view why,
                               time_point now) {
  if (is_restarted(child.spec.restart, how)) {
    if (!spend_restart(child, why, now))
      return;
    owe_start(child);
    take_along(child);
    return;
  }
  const bool is_last_straw = ends_supervisor(child);
  auto text = "significant child '" + child.spec.id + "' ended";
  if (!keeps_spec_of(child))
    children_.erase(child.key);
  if (is_last_straw)
    wind_up(finish_cause::auto_shutdown, std::move(text));
}

void supervisor_machine::start_failed(child_record& child, std::string_view why, time_point now) {
  if (child.start_request) {
    // S4: the spec of a start_child that failed is dropped; restart_child leaves the child stopped.
    settle_start(child, request_outcome::start_failed, why);
    if (child.is_added && !child.was_up)
      children_.erase(child.key);
    return;
  }
  if (phase_ == phase::starting) {
    wind_up(finish_cause::failed_to_start,
            "child '" + child.spec.id + "' failed to start: " + std::string{why});
    return;
  }
  // R6: every attempt counts, and the next one is an event of its own, so that requests and a
  // shutdown are served between two attempts.
  ++child.failed_starts;
  if (!spend_restart(child, why, now))
    return;
  arm(child, wait_before_start(child.failed_starts));
  take_along(child);
}

// R2. Also when a start fails: the members of a one_for_all group do not run without each other
// while one of them waits for its next attempt.
void supervisor_machine::take_along(const child_record& failed) {
  if (how_ == strategy::one_for_one || is_dynamic())
    return;
  bool is_in_group = how_ == strategy::one_for_all;
  for (auto& child : children_.all()) {
    if (child.key == failed.key)
      is_in_group = true;
    else if (is_in_group)
      take_along_one(child);
  }
}

void supervisor_machine::take_along_one(child_record& bystander) {
  const bool is_being_terminated = !bystander.stop_requests.empty();
  if (is_being_terminated)
    return;
  const bool is_alive = bystander.state == child_record::phase::up
                        || bystander.state == child_record::phase::starting;
  bystander.must_stop = bystander.must_stop || is_alive;
  if (bystander.spec.restart != restart::temporary || bystander.start_request)
    bystander.must_start = true;
}

bool supervisor_machine::keeps_spec_of(const child_record& child) const {
  return child.spec.restart != restart::temporary && !is_dynamic();
}

std::chrono::milliseconds supervisor_machine::wait_before_start(std::uint32_t failed_starts) {
  return jitter_ ? jittered_start_back_off(failed_starts, *jitter_)
                 : start_back_off(failed_starts);
}

// R3, R5.
bool supervisor_machine::spend_restart(const child_record& child, std::string_view why,
                                       time_point now) {
  if (window_.record(now))
    return true;
  const auto window = std::chrono::duration_cast<std::chrono::milliseconds>(limit_.window);
  wind_up(finish_cause::gave_up,
          "child '" + child.spec.id + "' ended (" + std::string{why} + ") and "
            + std::to_string(limit_.count_max) + " restarts within "
            + std::to_string(window.count()) + " ms are used up");
  return false;
}

// A2. `child` has already stopped.
bool supervisor_machine::ends_supervisor(const child_record& child) const {
  if (!child.spec.significant || auto_shutdown_ == auto_shutdown::never)
    return false;
  if (auto_shutdown_ == auto_shutdown::any_significant)
    return true;
  return !children_.any([](const child_record& other) {
    return other.spec.significant && (!other.is_stopped() || other.is_restarting());
  });
}

void supervisor_machine::wind_up(finish_cause cause, std::string why) {
  if (is_stopping())
    return;   // the first reason is the one to report
  phase_ = phase::stopping;
  ending_ = {cause, std::move(why)};
  for (auto& child : children_.all()) {
    child.must_start = false;
    if (child.is_stopped())
      child.timer.reset();
    else if (child.state != child_record::phase::stopping)
      owe_stop(child);
    settle_start(child, request_outcome::shutting_down, "the supervisor is shutting down");
  }
}

void supervisor_machine::answer(request_id request, request_outcome outcome,
                                std::string_view why) {
  commands_.emplace_back(answer_request{request, outcome, std::nullopt, std::string{why}});
}

void supervisor_machine::settle_start(child_record& child, request_outcome outcome,
                                      std::string_view why) {
  if (!child.start_request)
    return;
  commands_.emplace_back(
    answer_request{*child.start_request, outcome, child.key, std::string{why}});
  child.start_request.reset();
}

} // namespace lintel::supervisors
