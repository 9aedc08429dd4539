#pragma once

#include "actors/role.hpp"
#include "history/retention.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::actors {

enum class durability : std::uint8_t {
  none,    ///< nothing is kept
  memory,  ///< survives actors, not the process
  written, ///< survives the process
  synced,  ///< survives a loss of power
};

struct history_rules {
  durability kept = durability::none;
  history::retention keep;

  friend bool operator==(const history_rules&, const history_rules&) = default;
};

struct presence_rules {
  bool is_on = false;
  std::uint32_t listed_max = 1000;          ///< members of one room; beyond that only their number is told
  std::chrono::milliseconds window{50};     ///< changes within it are one diff
  std::chrono::milliseconds linger{10'000}; ///< a lost session is present so long, and may come back unnoticed

  friend bool operator==(const presence_rules&, const presence_rules&) = default;
};

struct rate_limit {
  std::uint32_t per_second = 0; ///< 0: none
  std::uint32_t burst = 0;

  friend bool operator==(const rate_limit&, const rate_limit&) = default;
};

/// What becomes of a message that does not fit into a slow client's outbox.
enum class slow_policy : std::uint8_t {
  disconnect, ///< close 1013; it comes back and recovers
  drop,       ///< it misses messages; only where nothing is kept, for there are no offsets to notice the gap by
};

/// What holds for all topics of one pattern.
struct namespace_rules {
  std::string pattern; ///< "room:*" matches by prefix, anything else exactly
  history_rules history;
  presence_rules presence;
  role may_join = role::none; ///< none: everybody
  role may_publish = role::none;
  role may_read_history = role::none;
  role may_see_presence = role::none;
  std::vector<std::string> ephemeral; ///< events that are not kept, and the first to be dropped: typing
  slow_policy slow = slow_policy::disconnect;
  rate_limit publishes; ///< of one member

  bool matches(std::string_view topic) const noexcept {
    const std::string_view p = pattern;
    return p.ends_with('*') ? topic.starts_with(p.substr(0, p.size() - 1)) : topic == p;
  }
  bool is_ephemeral(std::string_view event) const noexcept {
    return std::ranges::find(ephemeral, event) != ephemeral.end();
  }
  friend bool operator==(const namespace_rules&, const namespace_rules&) = default;
};
using namespace_rules_ptr = std::shared_ptr<const namespace_rules>;

/// The namespaces of a server, in the order in which they are asked. Any thread; a lock per join.
class namespaces {
public:
  explicit namespaces(std::vector<namespace_rules> all) { replace(std::move(all)); }

  /// The first that matches; null: the topic does not exist.
  namespace_rules_ptr find(std::string_view topic) const {
    std::lock_guard lock{mutex_};
    const auto found = std::ranges::find_if(all_, [&](const auto& rules) { return rules->matches(topic); });
    return found == all_.end() ? nullptr : *found;
  }

  /// Rooms that live are not touched by this.
  void replace(std::vector<namespace_rules> all) {
    std::vector<namespace_rules_ptr> shared;
    for (auto& rules : all)
      shared.push_back(std::make_shared<const namespace_rules>(std::move(rules)));
    std::lock_guard lock{mutex_};
    all_.swap(shared);
  }

private:
  mutable std::mutex mutex_;
  std::vector<namespace_rules_ptr> all_; // guarded by mutex_
};

} // namespace lintel::actors
