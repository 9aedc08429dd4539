// The steps a supervisor takes once it is decided who has to stop and who has to start: their order
// and their deadlines (S1, T1, T2).
#include "supervisors/supervisor_machine.hpp"
#include <utility>

namespace lintel::supervisors {

std::optional<supervisor_command> supervisor_machine::next_command() {
  if (commands_.empty())
    return std::nullopt;
  std::optional<supervisor_command> command{std::move(commands_.front())};
  commands_.pop_front();
  return command;
}

void supervisor_machine::advance() {
  if (phase_ == phase::idle || phase_ == phase::finished)
    return;
  if (is_dynamic())
    settle_due();
  else
    issue_stops();
  if (phase_ == phase::stopping) {
    if (children_.count_in(child_record::phase::stopped) == children_.size()) {
      phase_ = phase::finished;
      commands_.emplace_back(ending_);
    }
    return;
  }
  if (is_dynamic()) {
    if (phase_ == phase::starting) {
      phase_ = phase::running;
      commands_.emplace_back(report_started{});
    }
    return;
  }
  issue_starts();
  const auto is_on_its_way = [](const child_record& child) {
    return child.state == child_record::phase::starting || child.is_restarting();
  };
  if (phase_ == phase::starting && !children_.any(is_on_its_way)) {
    phase_ = phase::running;
    commands_.emplace_back(report_started{});
  }
}

// T1: the children of a dynamic supervisor start and stop all at once, in no order.
void supervisor_machine::settle_due() {
  for (const auto key : std::exchange(due_, {})) {
    auto* child = children_.find(key);
    if (child == nullptr)
      continue;
    if (child->awaits_stop() && child->state != child_record::phase::stopping)
      begin_stop(*child);
    else if (child->must_start && child->is_stopped())
      begin_start(*child);
  }
}

// T1: from the last to the first, each only after the one before has ended.
void supervisor_machine::issue_stops() {
  const bool one_at_a_time = is_ordered();
  const auto is_stopping = [](const child_record& child) {
    return child.state == child_record::phase::stopping;
  };
  if (one_at_a_time && children_.any(is_stopping))
    return;
  for (auto child = children_.all().rbegin(); child != children_.all().rend(); ++child) {
    if (!child->awaits_stop() || is_stopping(*child))
      continue;
    begin_stop(*child);
    if (one_at_a_time)
      return;
  }
}

// S1: from the first to the last, each only after the one before is up.
void supervisor_machine::issue_starts() {
  const bool one_at_a_time = is_ordered();
  const auto is_busy = [](const child_record& child) {
    return child.state == child_record::phase::starting
           || child.state == child_record::phase::stopping || child.awaits_stop();
  };
  if (one_at_a_time && children_.any(is_busy))
    return;
  // R7: one_for_all starts nobody while one of the group waits for its next attempt, rest_for_one
  // nobody behind it. A start somebody asked for is not part of the group: it does not wait (R6).
  bool is_held = how_ == strategy::one_for_all
                 && children_.any([](const child_record& child) { return child.is_backing_off(); });
  for (auto& child : children_.all()) {
    is_held = is_held || (one_at_a_time && child.is_backing_off());
    if (!child.must_start || !child.is_stopped() || (is_held && !child.start_request))
      continue;
    begin_start(child);
    if (one_at_a_time)
      return;
  }
}

bool supervisor_machine::is_ordered() const {
  return phase_ != phase::running || how_ != strategy::one_for_one;
}

void supervisor_machine::owe_start(child_record& child) {
  child.must_start = true;
  if (is_dynamic())
    due_.push_back(child.key);
}

void supervisor_machine::owe_stop(child_record& child) {
  child.must_stop = true;
  if (is_dynamic())
    due_.push_back(child.key);
}

void supervisor_machine::begin_start(child_record& child) {
  child.must_start = false;
  children_.enter(child, child_record::phase::starting);
  commands_.emplace_back(start_one{child.key});
}

void supervisor_machine::begin_stop(child_record& child) {
  children_.enter(child, child_record::phase::stopping);
  child.must_stop = false;
  child.is_killed = false;
  const auto policy = shutdown_of(child.spec);
  if (std::holds_alternative<brutal_kill>(policy)) {
    kill(child);
    return;
  }
  commands_.emplace_back(stop_one{child.key});
  if (const auto* timeout = std::get_if<std::chrono::milliseconds>(&policy))
    arm(child, *timeout);
}

void supervisor_machine::kill(child_record& child) {
  child.is_killed = true;
  commands_.emplace_back(kill_one{child.key});
  arm(child, kill_patience);
}

void supervisor_machine::arm(child_record& child, std::chrono::milliseconds delay) {
  children_.arm(child, timer_id{++timers_given_});
  commands_.emplace_back(arm_timer{*child.timer, delay});
}

} // namespace lintel::supervisors
