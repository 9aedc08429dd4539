#pragma once

#include "app/metrics.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lintel::app {

/// How often each actor of the tree has restarted, by name: the actor itself and what it supervises.
using restart_counts = std::map<std::string, std::uint64_t, std::less<>>;

/// The last five minutes, a sample a second: whoever begins to look sees where the server comes from, and nobody has
/// to look for that. Any thread.
class metrics_history {
public:
  using clock = std::chrono::steady_clock;
  static constexpr auto interval = std::chrono::seconds{1};
  static constexpr std::size_t samples_max = 300;

  /// Once an interval, or later when the machine is busy.
  void add(const metrics& now, restart_counts restarts);

  /// {"interval_ms":1000,"samples":[…]}, oldest first: what stands in docs/protocol.md. Lag is that of the worker which
  /// had most of it in that second.
  std::string json() const;
  /// Of `total`, a count up to now, what the last 60 s have added; all of it while the server is younger.
  std::uint64_t restarts_per_minute(std::uint64_t total) const;
  /// The same of one actor.
  std::uint64_t restarts_per_minute(std::string_view name, std::uint64_t total) const;
  /// Per worker, of the second that ended with the newest sample. Nothing: there are less than two.
  std::optional<std::vector<base::latency_histogram::snapshot>> last_lag() const;

private:
  struct sample {
    clock::time_point at;
    std::uint64_t connections_open, rooms, deliveries, messages_in, restarts, resident_bytes, outbox_bytes;
    double cpu_seconds;
    std::uint64_t lag_p50_us, lag_p99_us;
    restart_counts restarts_by_name; ///< empty once it is older than a minute
  };
  const sample* minute_ago() const;

  mutable std::mutex mutex_;
  std::deque<sample> samples_;                                   // oldest first; guarded by mutex_
  std::vector<base::latency_histogram::snapshot> lag_of_all_;    // up to the newest sample; guarded by mutex_
  std::vector<base::latency_histogram::snapshot> lag_of_second_; // guarded by mutex_
};

} // namespace lintel::app
