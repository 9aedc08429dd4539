#pragma once

#include "actors/counters.hpp"
#include "actors/process_class.hpp"
#include "base/latency_histogram.hpp"
#include "history/log_stats.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lintel::app {

struct server_parts;

/// Everything that is counted and measured, read without asking anybody: any thread, a worker as well.
struct metrics {
  struct times {
    base::latency_histogram::snapshot queue;
    base::latency_histogram::snapshot handler;
  };
  std::array<std::uint64_t, actors::counter_count> counters{};
  std::array<times, actors::process_class_count> classes;    ///< of one letter in 64
  std::vector<base::latency_histogram::snapshot> worker_lag; ///< per worker
  std::uint64_t connections_open = 0;
  std::uint64_t rooms = 0;
  std::uint64_t requests_in_flight = 0;       ///< clients' messages that wait or are being handled
  std::uint64_t outbox_bytes = 0;             ///< waiting for slow clients
  std::uint64_t resident_bytes = 0;           ///< of the process; 0: the system does not say
  const history::log_stats* log = nullptr;    ///< null: no namespace is durable
  std::uint64_t shelf_bytes = 0;              ///< histories in memory whose rooms nobody is in
  double cpu_seconds = 0;                     ///< user and system, of the process
  std::chrono::steady_clock::time_point at{}; ///< when this was read
};

metrics read_metrics(server_parts& parts);

/// Prometheus text exposition format 0.0.4, for GET /metrics.
std::string prometheus_text(const metrics& m);
/// The same for `$sys:metrics` and `ctl metrics`, with p50, p99 and max instead of buckets. `lag_now`: per worker, of
/// the last second; empty: that is not known yet.
std::string json_of(const metrics& m, std::uint64_t restarts_per_minute,
                    const std::vector<base::latency_histogram::snapshot>& lag_now);

} // namespace lintel::app
