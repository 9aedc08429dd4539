#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lintel::supervisors {

struct quarantine_rule {
  std::chrono::nanoseconds cool_down = std::chrono::seconds{30};     // the first time
  std::chrono::nanoseconds cool_down_max = std::chrono::minutes{10}; // twice as long each time
};

/// Which names of a dynamic group may not be started for the time being. A child that has used up its
/// restart_ledger is gone, and those who need it would start another at once, which takes in the same
/// state and crashes as the first one did: three tries more, again and again. So its *name* is
/// confined until a cool-down has passed.
///
/// Confined again before it has been free for as long as it was confined, it stays twice as long.
/// Holds an entry per name until then. Not thread-safe; `now` must not go backwards.
class quarantine {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit quarantine(quarantine_rule rule);

  /// From now on. Returns for how long.
  std::chrono::nanoseconds confine(std::string_view name, time_point now);

  [[nodiscard]] bool holds(std::string_view name, time_point now) const;

  struct sentence {
    std::string name;
    time_point since;
    time_point until;
  };
  /// Who is confined at `now`, in no order; O(size()).
  [[nodiscard]] std::vector<sentence> confined(time_point now) const;

  /// Names known; at most those confined within the last cool_down_max * 2.
  [[nodiscard]] std::size_t size() const { return terms_.size(); }

private:
  struct term {
    time_point until;
    std::chrono::nanoseconds length;
  };

  void forget_the_free(time_point now);

  quarantine_rule rule_;
  std::unordered_map<std::string, term> terms_;
  time_point next_sweep_{};
};

} // namespace lintel::supervisors
