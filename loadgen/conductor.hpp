#pragma once

#include "loadgen/delivery_checker.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/crew.hpp"
#include "loadgen/progress_line.hpp"
#include "loadgen/server_watch.hpp"
#include "loadgen/workload.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// Server CPU over one phase.
struct server_phase {
  nanoseconds cpu{};
  nanoseconds wall{};
};

/// Everything a run found, over all threads.
struct run_outcome {
  measurement found;
  delivery_verdict verdict;
  bool has_drained = true;                 ///< everything expected came before the drain's deadline
  std::vector<server_phase> server;        ///< by phase; empty without a watched process
  std::optional<nanoseconds> connect_cpu;  ///< of the server
  std::optional<std::uint64_t> pss_before; ///< bytes, before the first connection
  std::optional<std::uint64_t> pss_after;  ///< bytes, after all joined and 3 s of rest
};

/// Leads the generator threads through a run:
///   connect ─▶ rest ─▶ begin ─▶ enter_phase, run_for ... ─▶ drain ─▶ finish
class conductor {
public:
  /// Of a run of measure_messages; load.phase_count must be 2.
  static constexpr std::uint32_t warm_up_phase = 0;
  static constexpr std::uint32_t measured_phase = 1;

  conductor(const workload& load, server_watch& watch);

  /// Starts the threads; returns when every connection has joined or failed. False: some failed.
  bool connect();

  /// Three seconds of quiet, then the server's memory is read (where it can be).
  void rest();

  void begin();
  /// Counts into measured phase `index` from now on; load.phase_count: into none.
  void enter_phase(std::uint32_t index);

  /// Waits; calls `each_turn` some hundred times per second, until it returns false or `limit` is
  /// over.
  using turn = std::function<bool()>;
  void run_for(nanoseconds limit, std::string_view stage, const turn& each_turn = {});

  /// begin, a warm-up, the measured stretch, drain.
  void measure_messages(nanoseconds warm_up, nanoseconds duration, std::string_view stage);

  /// No new messages; waits until all are answered and delivered, or nothing moves any more.
  void drain();

  /// Every member enters the hall. False: some did not, and nothing moved for 10 s.
  bool gather();
  /// One message to the hall. Returns when everybody has it, or nothing moved for 10 s.
  void announce();

  /// The server restarts actors at its own pace (storm breaker): waits up to 10 s until it counts so many
  /// restarts. Only with a control socket.
  server_counters await_restarts(std::int64_t restarts);

  /// Memory of this process with all its generators; none where /proc does not let us read it.
  std::optional<std::uint64_t> generator_pss_bytes() const;

  /// Collects and judges. The threads end.
  run_outcome finish();

private:
  void pump(nanoseconds limit, std::string_view stage);
  void note_received(std::uint32_t thread, const note& received);
  progress total() const noexcept;
  void close_phase();
  /// Waits until `count` of the total is `wanted`. False: nothing moved for 10 s.
  bool await(std::uint64_t progress::*count, std::uint64_t wanted, std::string_view stage);

  const workload& load_;
  server_watch& watch_;
  progress_line line_;
  std::optional<crew> group_;
  std::vector<progress> progress_;   ///< by thread
  std::vector<std::string> results_; ///< by thread; empty: not yet
  run_outcome outcome_;
  std::uint32_t phase_;
  time_point phase_started_;
  nanoseconds phase_cpu_{};
};

} // namespace lintel::loadgen
