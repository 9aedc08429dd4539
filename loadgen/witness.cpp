#include "loadgen/witness.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/findings.hpp"
#include "loadgen/line_reader.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

double microseconds(nanoseconds span) { return seconds(span) * 1e6; }

// Never withheld: who disturbs the server may well have the generator wait for a core, and that only makes latencies
// longer. How late the generator was stands beside them.
void add_phase(report& into, const std::string& name, const phase_figures& phase, const workload& load) {
  add_latency(into, "delivery_" + name, phase.delivery_latency);
  add_latency(into, "reply_" + name, phase.reply_latency);
  into.figure("deliveries_" + name, static_cast<double>(phase.deliveries));
  into.figure("wall_" + name + "_s", seconds(phase.wall));
  const generator_load busy = busy_of(phase, load);
  into.figure("sends_late_" + name + "_p99_us", microseconds(busy.lateness_p99));
  into.figure("loop_late_" + name + "_p99_us", microseconds(busy.loop_lag_p99));
  into.figure("generator_cores_" + name, busy.cpu_share);
  const auto objection = saturation_guard::objection(busy);
  into.figure("saturated_" + name, objection ? 1 : 0);
  if (objection)
    into.note(fmt::format("{}: {}", name, *objection));
}

std::uint32_t index_of(const std::vector<std::string>& phases, const std::string& name) {
  return static_cast<std::uint32_t>(std::ranges::find(phases, name) - phases.begin());
}

} // namespace

report run_witness(const scenario& wanted) {
  workload load = workload_of(wanted);
  if (wanted.latency_rooms)
    load.latency_rooms = *wanted.latency_rooms;
  load.phase_count = static_cast<std::uint32_t>(wanted.phases.size());
  server_watch watch = server_watch::open(wanted);
  report found{"witness"};
  add_settings(found, load);

  conductor lead{load, watch};
  const bool has_joined = lead.connect();
  if (has_joined) {
    fmt::print("joined\n");
    std::fflush(stdout);
    line_reader orders{STDIN_FILENO};
    lead.begin();
    lead.run_for(24h, "watching", [&] {
      while (const auto order = orders.next())
        lead.enter_phase(index_of(wanted.phases, *order));
      return !orders.is_at_end();
    });
    lead.drain();
  }
  const run_outcome outcome = lead.finish();
  add_connection_checks(found, outcome.found, load);
  if (!has_joined)
    return found;
  for (std::uint32_t i = 0; i < load.phase_count; ++i)
    add_phase(found, wanted.phases[i], outcome.found.phases[i], load);
  add_answer_checks(found, outcome, answers::all);
  add_delivery_checks(found, outcome);
  return found;
}

} // namespace lintel::loadgen
