#include "loadgen/chat.hpp"

#include "loadgen/findings.hpp"

namespace lintel::loadgen {

namespace {

void add_figures(report& into, const run_outcome& outcome, const workload& load) {
  const phase_figures& phase = outcome.found.phases[conductor::measured_phase];
  add_latency(into, "delivery", phase.delivery_latency);
  add_latency(into, "reply", phase.reply_latency);
  add_message_rates(into, phase);
  if (!outcome.server.empty())
    into.figure("server_cpu_per_delivery_us",
                seconds(outcome.server[conductor::measured_phase].cpu) * 1e6 /
                    static_cast<double>(phase.deliveries));
  guard_saturation(into, phase, load);
}

} // namespace

report run_chat(const scenario& wanted) {
  workload load = workload_of(wanted);
  load.phase_count = 2;
  server_watch watch = server_watch::open(wanted);
  report found{"chat"};
  add_settings(found, load);

  conductor lead{load, watch};
  const bool has_joined = lead.connect();
  if (has_joined)
    lead.measure_messages(wanted.warm_up, wanted.duration, "chat");
  const run_outcome outcome = lead.finish();

  add_connection_checks(found, outcome.found, load);
  if (!has_joined)
    return found;
  if (!watch.why_unwatched.empty())
    found.note(watch.why_unwatched);
  add_figures(found, outcome, load);
  add_answer_checks(found, outcome, answers::all_ok);
  add_delivery_checks(found, outcome);
  return found;
}

} // namespace lintel::loadgen
