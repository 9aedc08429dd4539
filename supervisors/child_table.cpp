#include "supervisors/child_table.hpp"

#include "base/ensure.hpp"
#include <iterator>
#include <utility>

namespace lintel::supervisors {

child_state child_record::shown_state() const {
  switch (state) {
    case phase::up:
      return child_state::up;
    case phase::stopping:
      return child_state::stopping;
    case phase::starting:
      return was_up ? child_state::restarting : child_state::starting;
    case phase::stopped:
      break;
  }
  if (!is_restarting())
    return child_state::stopped;
  return was_up ? child_state::restarting : child_state::starting;
}

child_record& child_table::append(child_spec spec) {
  auto& record = records_.emplace_back();
  record.key = child_key{++keys_given_};
  record.spec = std::move(spec);
  const auto at = std::prev(records_.end());
  by_key_.emplace(record.key, at);
  const bool is_new = by_id_.emplace(record.spec.id, at).second;
  base::ensure(is_new, "two children of one supervisor have different ids");
  ++in_phase_[static_cast<std::size_t>(record.state)];
  supervisors_ += record.spec.kind == child_kind::supervisor ? 1U : 0U;
  return record;
}

void child_table::erase(child_key key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return;
  const auto at = found->second;
  --in_phase_[static_cast<std::size_t>(at->state)];
  supervisors_ -= at->spec.kind == child_kind::supervisor ? 1U : 0U;
  by_id_.erase(at->spec.id);
  by_key_.erase(found);
  records_.erase(at);
}

void child_table::change(child_record& child, child_spec spec) {
  base::ensure(child.spec.id == spec.id, "a child keeps its id");
  supervisors_ -= child.spec.kind == child_kind::supervisor ? 1U : 0U;
  supervisors_ += spec.kind == child_kind::supervisor ? 1U : 0U;
  // The id stays where it is: by_id_ refers to its bytes.
  child.spec.start = std::move(spec.start);
  child.spec.restart = spec.restart;
  child.spec.shutdown = spec.shutdown;
  child.spec.kind = spec.kind;
  child.spec.significant = spec.significant;
}

void child_table::move_to_end(child_key key) {
  records_.splice(records_.end(), records_, by_key_.at(key));
}

void child_table::enter(child_record& child, child_record::phase state) {
  --in_phase_[static_cast<std::size_t>(child.state)];
  ++in_phase_[static_cast<std::size_t>(state)];
  child.state = state;
}

void child_table::arm(child_record& child, timer_id timer) {
  child.timer = timer;
  by_timer_.emplace(timer, child.key);
}

child_record* child_table::find(child_key key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &*found->second;
}

const child_record* child_table::find(child_key key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &*found->second;
}

child_record* child_table::find(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &*found->second;
}

const child_record* child_table::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &*found->second;
}

child_record* child_table::take(timer_id timer) {
  const auto entry = by_timer_.extract(timer);
  if (entry.empty())
    return nullptr;
  auto* child = find(entry.mapped());
  return child != nullptr && child->timer == timer ? child : nullptr;
}

child_count child_table::count() const {
  return {.specs = records_.size(), .active = count_in(child_record::phase::up),
          .supervisors = supervisors_, .workers = records_.size() - supervisors_};
}

} // namespace lintel::supervisors
