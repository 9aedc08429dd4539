#include "actors/last_crashes.hpp"

#include "supervisors/bounded_text.hpp"

#include <utility>

namespace lintel::actors {

namespace {

constexpr std::size_t text_bytes_max = 200;

} // namespace

void last_crashes::note(std::string actor, std::string_view what) {
  auto text = supervisors::bounded(what, text_bytes_max);
  std::lock_guard lock{mutex_};
  if (const auto known = of_actor_.find(actor); known != of_actor_.end()) {
    known->second->what = std::move(text);
    by_age_.splice(by_age_.end(), by_age_, known->second);
    return;
  }
  if (by_age_.size() >= actors_max_) {
    of_actor_.erase(by_age_.front().actor);
    by_age_.pop_front();
  }
  by_age_.push_back({std::move(actor), std::move(text)});
  of_actor_.emplace(by_age_.back().actor, std::prev(by_age_.end()));
}

std::string last_crashes::of(std::string_view actor) const {
  std::lock_guard lock{mutex_};
  const auto found = of_actor_.find(actor);
  return found == of_actor_.end() ? std::string{} : found->second->what;
}

} // namespace lintel::actors
