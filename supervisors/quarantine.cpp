#include "supervisors/quarantine.hpp"

#include "base/ensure.hpp"
#include <algorithm>

namespace lintel::supervisors {

quarantine::quarantine(quarantine_rule rule) : rule_(rule) {
  base::ensure(rule.cool_down > rule.cool_down.zero(), "a cool-down takes time");
  base::ensure(rule.cool_down_max >= rule.cool_down, "the longest cool-down is the longest");
}

std::chrono::nanoseconds quarantine::confine(std::string_view name, time_point now) {
  forget_the_free(now);
  auto [entry, is_first] = terms_.try_emplace(std::string{name}, term{now, rule_.cool_down});
  auto& [until, length] = entry->second;
  if (!is_first)
    length = now >= until + length ? rule_.cool_down : std::min(length * 2, rule_.cool_down_max);
  until = now + length;
  return length;
}

bool quarantine::holds(std::string_view name, time_point now) const {
  if (terms_.empty())
    return false;
  const auto found = terms_.find(std::string{name});
  return found != terms_.end() && now < found->second.until;
}

std::vector<quarantine::sentence> quarantine::confined(time_point now) const {
  std::vector<sentence> all;
  for (const auto& [name, its] : terms_)
    if (now < its.until)
      all.push_back({name, its.until - its.length, its.until});
  return all;
}

// Once per cool-down: who has been free for as long as it was confined begins anew.
void quarantine::forget_the_free(time_point now) {
  if (now < next_sweep_)
    return;
  next_sweep_ = now + rule_.cool_down;
  std::erase_if(terms_, [&](const auto& entry) { return now >= entry.second.until + entry.second.length; });
}

} // namespace lintel::supervisors
