// What operators ask of a running supervisor: OTP's start_child, terminate_child, restart_child and
// delete_child (T5), and a new spec.
#include "supervisors/supervisor_machine.hpp"
#include <unordered_set>
#include <utility>

namespace lintel::supervisors {
namespace {

// "#" and the key it is about to get: no other child can have that, unless somebody wants trouble.
std::string name_for_nameless(const child_table& children) {
  return "#" + std::to_string(children.keys_given() + 1);
}

} // namespace

void supervisor_machine::start_child(request_id request, child_spec spec) {
  if (is_stopping()) {
    answer(request, request_outcome::shutting_down, "the supervisor is shutting down");
    return;
  }
  if (is_dynamic() && spec.id.empty())
    spec.id = name_for_nameless(children_);
  if (auto flaw = flaw_in(spec, auto_shutdown_); !flaw.empty()) {
    answer(request, request_outcome::invalid_spec, flaw);
    return;
  }
  if (const auto* known = children_.find(std::string_view{spec.id})) {
    const bool is_idle = known->is_stopped() && !known->is_restarting();
    commands_.emplace_back(answer_request{
      request, is_idle ? request_outcome::already_present : request_outcome::already_started,
      known->key, "there is a child '" + spec.id + "'"});
    return;
  }
  if (is_full(request))
    return;
  auto& child = children_.append(std::move(spec));
  child.is_added = true;
  child.start_request = request;
  owe_start(child);
  advance();
}

bool supervisor_machine::is_full(request_id request) {
  if (is_dynamic() && children_.size() >= dynamic_children_max_) {
    answer(request, request_outcome::max_children, "the supervisor has all the children it may have");
    return true;
  }
  if (!is_dynamic() && children_.size() >= children_max) {
    answer(request, request_outcome::invalid_spec, "the supervisor has children_max children");
    return true;
  }
  return false;
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
    owe_stop(*child);
  }
  advance();
}

void supervisor_machine::restart_child(request_id request, std::string_view id) {
  if (is_stopping()) {
    answer(request, request_outcome::shutting_down, "the supervisor is shutting down");
    return;
  }
  if (is_dynamic()) {
    answer(request, request_outcome::not_kept, "a dynamic supervisor keeps no stopped children");
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
    child->start_request = request;
    owe_start(*child);
    advance();
  }
}

void supervisor_machine::delete_child(request_id request, std::string_view id) {
  if (is_dynamic()) {
    answer(request, request_outcome::not_kept, "a dynamic supervisor keeps no stopped children");
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
    children_.erase(child->key);
    answer(request, request_outcome::done, {});
  }
}

void supervisor_machine::change_spec(request_id request, supervisor_spec spec) {
  if (is_stopping()) {
    answer(request, request_outcome::shutting_down, "the supervisor is shutting down");
    return;
  }
  auto flaw = flaw_in(spec);
  if (flaw.empty() && is_dynamic() != (spec.how == strategy::dynamic))
    flaw = "a dynamic supervisor stays dynamic, and others do not become it";
  if (!flaw.empty()) {
    answer(request, request_outcome::invalid_spec, flaw);
    return;
  }
  how_ = spec.how;
  limit_ = spec.limit;
  auto_shutdown_ = spec.auto_shutdown;
  dynamic_children_max_ = spec.dynamic_children_max;
  window_.change(spec.limit);
  if (!is_dynamic())
    adopt_specs(std::move(spec.children));
  answer(request, request_outcome::done, {});
  advance();
}

// The order becomes that of the new spec; children it does not name come behind the others.
void supervisor_machine::adopt_specs(std::vector<child_spec> specs) {
  std::unordered_set<std::string_view> named;
  for (const auto& spec : specs)
    named.insert(spec.id);
  std::vector<child_key> unnamed;
  for (const auto& child : children_.all())
    if (!named.contains(child.spec.id))
      unnamed.push_back(child.key);
  for (auto& spec : specs) {
    auto* known = children_.find(std::string_view{spec.id});
    if (known == nullptr) {
      children_.append(std::move(spec));
      continue;
    }
    children_.change(*known, std::move(spec));
    children_.move_to_end(known->key);
    known->is_added = false;
    if (known->spec.restart == restart::temporary && known->state == child_record::phase::up)
      known->spec.start = nullptr;   // as in child_started()
  }
  for (const auto key : unnamed)
    children_.move_to_end(key);
}

} // namespace lintel::supervisors
