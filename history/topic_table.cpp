#include "history/topic_table.hpp"

#include <algorithm>

namespace lintel::history {

void topic_table::forget_unused(order_time since) {
  std::erase_if(topics_, [&](const auto& each) {
    const auto& [topic, state] = each;
    if (!state.is_found || state.is_in_batch() || !state.parked.empty() || state.used >= since)
      return false;
    if (state.stored.id == 0)
      remember(topic, state.stored.record.keep);
    return true;
  });
}

void topic_table::remember(const std::string& topic, const retention& keep) {
  if (keep == retention{})
    return;
  if (silent_.size() >= silent_max)
    silent_.clear();
  auto place = std::ranges::find(keeps_, keep);
  if (place == keeps_.end())
    place = keeps_.insert(place, keep);
  silent_[fresh_epoch(0, topic)] = static_cast<std::uint32_t>(place - keeps_.begin());
}

retention topic_table::keep_of(std::string_view topic) const {
  const auto it = silent_.find(fresh_epoch(0, topic));
  return it == silent_.end() ? retention{} : keeps_[it->second];
}

} // namespace lintel::history
