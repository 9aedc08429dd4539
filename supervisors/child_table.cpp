#include "supervisors/child_table.hpp"

#include "base/ensure.hpp"
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
  base::ensure(records_.size() < children_max, "a supervisor has at most children_max children");
  auto& record = records_.emplace_back();
  record.key = child_key{++keys_given_};
  record.spec = std::move(spec);
  return record;
}

void child_table::erase(child_key key) {
  std::erase_if(records_, [&](const child_record& child) { return child.key == key; });
}

template <class Predicate>
child_record* child_table::find_if(Predicate holds) {
  const auto found = std::find_if(records_.begin(), records_.end(), holds);
  return found == records_.end() ? nullptr : &*found;
}

child_record* child_table::find(child_key key) {
  return find_if([&](const child_record& child) { return child.key == key; });
}

const child_record* child_table::find(child_key key) const {
  const auto found = std::find_if(records_.begin(), records_.end(),
                                  [&](const child_record& child) { return child.key == key; });
  return found == records_.end() ? nullptr : &*found;
}

child_record* child_table::find(std::string_view id) {
  return find_if([&](const child_record& child) { return child.spec.id == id; });
}

child_record* child_table::find(timer_id timer) {
  return find_if([&](const child_record& child) { return child.timer == timer; });
}

child_count child_table::count() const {
  child_count count{.specs = records_.size()};
  for (const auto& child : records_) {
    count.active += child.state == child_record::phase::up ? 1U : 0U;
    count.supervisors += child.spec.kind == child_kind::supervisor ? 1U : 0U;
  }
  count.workers = count.specs - count.supervisors;
  return count;
}

} // namespace lintel::supervisors
