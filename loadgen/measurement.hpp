#pragma once

#include "loadgen/delivery_log.hpp"
#include "loadgen/histogram.hpp"
#include "loadgen/push_ledger.hpp"
#include "loadgen/surprises.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// One stretch of a run. Counts go by when something happened; latencies by when the message was
/// meant to be sent, so the slow ones are not booked where they arrived.
struct phase_figures {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t heartbeats = 0; ///< answered
  histogram delivery_latency; ///< intended send to each member's delivery
  histogram reply_latency;    ///< intended send to the reply
  histogram lateness;         ///< open loop: intended send to real send
  histogram loop_lag;         ///< how late a 10 ms tick of the event loop ran
  histogram unread_bytes;     ///< received by the kernel and not read yet, sampled
  nanoseconds wall{};
  nanoseconds cpu{};    ///< of this generator thread; merged: of the busiest
  double cpu_share = 0; ///< cpu / wall of the busiest thread

  void merge(const phase_figures& other);
  void save(archive_writer& out) const;
  void load(archive_reader& in);
};

/// What one generator thread found out; merged, what all of them did.
struct measurement {
  std::uint32_t joined_count = 0;
  std::uint32_t failed_count = 0;
  std::string first_failure;    ///< why a connection did not join
  histogram join_latency;       ///< connect() to the join's answer
  nanoseconds connect_wall{};   ///< first connect() to the last join
  double connect_cpu_share = 0; ///< of the busiest thread
  std::vector<phase_figures> phases;
  std::map<std::uint16_t, std::uint64_t> closes; ///< by close code; 1006: no close frame
  histogram hall_latency;          ///< push to the hall to each member's first delivery
  std::uint64_t hall_repeated = 0; ///< deliveries beyond the first
  nanoseconds hall_wall{};         ///< gather to the last member that entered
  surprises unexpected;
  push_ledger ledger;

  /// `other` is the thread after ours: senders are numbered through.
  void merge(measurement&& other);
  std::uint64_t closed_count() const noexcept;

  void save(archive_writer& out) const;
  void load(archive_reader& in);
};

} // namespace lintel::loadgen
