// What operators ask of a running supervisor: OTP's start_child, terminate_child, restart_child and
// delete_child (T5).
#include "supervisors/supervisor_machine.hpp"
#include <utility>

namespace lintel::supervisors {

void supervisor_machine::start_child(request_id request, child_spec spec) {
  if (is_stopping()) {
    answer(request, request_outcome::shutting_down, "the supervisor is shutting down");
    return;
  }
  if (auto flaw = flaw_in(spec, auto_shutdown_); !flaw.empty()) {
    answer(request, request_outcome::invalid_spec, flaw);
    return;
  }
  if (const auto* known = children_.find(spec.id)) {
    const bool is_idle = known->is_stopped() && !known->is_restarting();
    commands_.emplace_back(answer_request{
      request, is_idle ? request_outcome::already_present : request_outcome::already_started,
      known->key, "there is a child '" + spec.id + "'"});
    return;
  }
  if (children_.all().size() == children_max) {
    answer(request, request_outcome::invalid_spec, "the supervisor has children_max children");
    return;
  }
  auto& child = children_.append(std::move(spec));
  child.is_dynamic = true;
  child.must_start = true;
  child.start_request = request;
  advance();
}

// Not a failure: nothing is counted, no sibling is taken along, no auto-shutdown follows (A3).
void supervisor_machine::terminate_child(request_id request, std::string_view id) {
  auto* child = children_.find(id);
  if (child == nullptr) {
    answer(request, request_outcome::not_found, "there is no such child");
    return;
  }
  settle_start(*child, request_outcome::interrupted, "terminated before it had started");
  child->must_start = false;
  child->stop_requests.push_back(request);
  if (child->is_stopped()) {
    child->timer.reset();   // an attempt that was due becomes void
    stopped(*child);
  } else if (child->state != child_record::phase::stopping) {
    child->must_stop = true;
  }
  advance();
}

void supervisor_machine::restart_child(request_id request, std::string_view id) {
  if (is_stopping()) {
    answer(request, request_outcome::shutting_down, "the supervisor is shutting down");
    return;
  }
  auto* child = children_.find(id);
  if (child == nullptr) {
    answer(request, request_outcome::not_found, "there is no such child");
  } else if (child->is_restarting()) {
    answer(request, request_outcome::restarting, "the child is about to be started");
  } else if (!child->is_stopped()) {
    answer(request, request_outcome::running, "the child is not stopped");
  } else {
    child->must_start = true;
    child->start_request = request;
    advance();
  }
}

void supervisor_machine::delete_child(request_id request, std::string_view id) {
  auto* child = children_.find(id);
  if (child == nullptr) {
    answer(request, request_outcome::not_found, "there is no such child");
  } else if (child->is_restarting()) {
    answer(request, request_outcome::restarting, "the child is about to be started");
  } else if (!child->is_stopped()) {
    answer(request, request_outcome::running, "the child is not stopped");
  } else {
    children_.erase(child->key);
    answer(request, request_outcome::done, {});
  }
}

} // namespace lintel::supervisors
