#include "actors/actor_events.hpp"

#include <algorithm>
#include <utility>

namespace lintel::actors {

void actor_events::set_watched(bool watched) {
  std::lock_guard lock{mutex_};
  if (is_watched_.exchange(watched, std::memory_order_relaxed) == watched)
    return;
  pending_ = {}; // what happened before somebody looked is nobody's news
  oldest_ = 0;
}

void actor_events::report(actor_event what) {
  std::lock_guard lock{mutex_};
  switch (what.what) {
  case actor_event::kind::spawn: ++pending_.spawned; break;
  case actor_event::kind::restart: ++pending_.restarted; break;
  case actor_event::kind::exit: ++pending_.ended; break;
  }
  if (pending_.events.size() < events_max) {
    pending_.events.push_back(std::move(what));
  } else {
    pending_.events[oldest_] = std::move(what);
    oldest_ = (oldest_ + 1) % events_max;
  }
}

actor_events::batch actor_events::take() {
  std::lock_guard lock{mutex_};
  std::ranges::rotate(pending_.events,
                      pending_.events.begin() + static_cast<std::ptrdiff_t>(std::exchange(oldest_, 0)));
  return std::exchange(pending_, {});
}

} // namespace lintel::actors
