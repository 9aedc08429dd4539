#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lintel::actors {

/// What the last crash of an actor said, for those who look at it later. Of so many actors; beyond that the one whose
/// crash is longest ago is forgotten. Any thread.
class last_crashes {
public:
  static constexpr std::size_t actors_max = 10'000;

  explicit last_crashes(std::size_t most = actors_max) : actors_max_(most) {}

  /// `what` is cut to 200 bytes.
  void note(std::string actor, std::string_view what);
  /// Empty: it has not crashed, or that is forgotten.
  std::string of(std::string_view actor) const;

private:
  struct crash {
    std::string actor;
    std::string what;
  };

  const std::size_t actors_max_;
  mutable std::mutex mutex_;
  std::list<crash> by_age_;                                                   // oldest first; guarded by mutex_
  std::unordered_map<std::string_view, std::list<crash>::iterator> of_actor_; // the names are theirs; guarded by mutex_
};

} // namespace lintel::actors
