#pragma once

#include "loadgen/conductor.hpp"
#include "loadgen/report.hpp"
#include "loadgen/saturation_guard.hpp"

#include <string>

namespace lintel::loadgen {

/// The parts of a report that scenarios share. All take the outcome of the whole run.

void add_settings(report& into, const workload& load);

/// Upgrade + join: rate and latency, server CPU per handshake. The rate is left out, with a note,
/// when the generator's own core was the limit.
void add_join_figures(report& into, const run_outcome& outcome, const workload& load);

/// Every connection joined, no socket closed, nothing unexpected received.
void add_connection_checks(report& into, const measurement& found, const workload& load);

enum class answers : std::uint8_t {
  all_ok, ///< every push is answered exactly once, with ok
  all,    ///< exactly once; an error is an answer too (the message a killed actor was busy with)
  not_required ///< a bare server that only broadcasts
};
void add_answer_checks(report& into, const run_outcome& outcome, answers wanted);

/// Lost, duplicated, reordered. Only where pushes are broadcast.
void add_delivery_checks(report& into, const run_outcome& outcome);

/// What the server counted is what was ordered.
void add_equal_check(report& into, std::string name, std::int64_t counted, std::uint64_t wanted);

/// `prefix`_p50_us, _p99_us, _max_us ...
void add_latency(report& into, const std::string& prefix, const histogram& latency);

/// How busy the generator was in `phase`, as a guard of figures sees it.
generator_load busy_of(const phase_figures& phase, const workload& load);

/// Messages, replies and deliveries per second.
void add_message_rates(report& into, const phase_figures& phase);

/// Withholds the figures when the generator was the bottleneck in `phase`; says how busy it was.
void guard_saturation(report& into, const phase_figures& phase, const workload& load);

} // namespace lintel::loadgen
