#pragma once

#include "actors/counters.hpp"
#include "actors/restart_times.hpp"
#include "actors/worker_pool.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// What operators have done to the server's actors since they began, and what came of it: counters and restart times
/// as they are now, less what they were just before the first order. Any thread.
class chaos_account {
public:
  struct view {
    std::chrono::system_clock::time_point began;
    std::array<std::uint64_t, actors::counter_count> counted{}; ///< since then
    std::vector<actors::restart_times::bucket> restarts;        ///< since then, after kills and crashes alike
    std::uint64_t of(actors::counter which) const { return counted[static_cast<std::size_t>(which)]; }
  };
  /// Since the server's start.
  static view totals_of(const actors::worker_pool& pool);

  /// An order was carried out; `before` are the totals as they were then. The first one opens the account.
  void begin(const view& before);
  bool is_open() const;
  /// The next order opens a new one.
  void close();
  /// Kills per second that are ordered for as long as it stands; 0: none. `by`: for the log.
  void set_rate(std::uint32_t kills_per_second, std::string_view by);
  std::uint32_t rate() const;
  /// Who ordered the last rate that was not 0.
  std::string rate_by() const;
  /// Waits while there is none. 0: the server stops.
  std::uint32_t await_rate() const;
  /// Less when the server stops meanwhile.
  void pause_for(std::chrono::milliseconds time) const;
  /// The server stops: nobody waits any longer, and there is no rate any more.
  void stop();

  /// Nothing: nobody has ordered anything.
  std::optional<view> look(const actors::worker_pool& pool) const;

private:
  mutable std::mutex mutex_;
  std::optional<view> before_; // totals just before the first order; guarded by mutex_
  std::uint32_t rate_ = 0;     // guarded by mutex_
  std::string rate_by_;        // guarded by mutex_
  bool is_stopping_ = false;   // guarded by mutex_
  mutable std::condition_variable changed_;
};

} // namespace lintel::app
