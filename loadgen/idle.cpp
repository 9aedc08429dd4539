#include "loadgen/idle.hpp"

#include "loadgen/findings.hpp"

#include <fmt/format.h>

namespace lintel::loadgen {

namespace {

void add_server_figures(report& into, const run_outcome& outcome, const workload& load) {
  if (outcome.pss_before && outcome.pss_after) {
    const double grown =
        static_cast<double>(*outcome.pss_after) - static_cast<double>(*outcome.pss_before);
    into.figure("server_pss_bytes_per_connection", grown / load.connections);
    into.figure("server_pss_before_bytes", static_cast<double>(*outcome.pss_before));
    into.figure("server_pss_after_bytes", static_cast<double>(*outcome.pss_after));
  }
  if (!outcome.server.empty())
    into.figure("server_cpu_at_rest_percent",
                seconds(outcome.server[0].cpu) / seconds(outcome.server[0].wall) * 100);
}

} // namespace

report run_idle(const scenario& wanted) {
  workload load = workload_of(wanted);
  server_watch watch = server_watch::open(wanted);
  report found{"idle"};
  add_settings(found, load);

  conductor lead{load, watch};
  const bool has_joined = lead.connect();
  if (has_joined) {
    lead.rest();
    lead.enter_phase(0);
    lead.run_for(wanted.duration, "idle");
    lead.enter_phase(load.phase_count);
  }
  const run_outcome outcome = lead.finish();

  add_connection_checks(found, outcome.found, load);
  if (!has_joined)
    return found;
  add_join_figures(found, outcome, load);
  add_server_figures(found, outcome, load);
  if (!watch.why_unwatched.empty())
    found.note(watch.why_unwatched);
  else if (!outcome.pss_after)
    found.note("no memory figures: /proc does not let this user read the server's smaps_rollup");
  guard_saturation(found, outcome.found.phases[0], load);
  return found;
}

} // namespace lintel::loadgen
