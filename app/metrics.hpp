#pragma once

#include "actors/process_times.hpp"
#include "app/server_parts.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lintel::app {

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
/// The same for `$sys:metrics` and `ctl metrics`, with p50, p99 and max instead of buckets. With an earlier look at
/// them also what the workers' lag was since then.
std::string json_of(const metrics& m, const metrics* before = nullptr);

} // namespace lintel::app
