#include "loadgen/chat.hpp"

#include "loadgen/findings.hpp"

namespace lintel::loadgen {

report run_chat(const scenario& wanted) {
  constexpr std::uint32_t warm_up = 0;
  constexpr std::uint32_t measured = 1;
  workload load = workload_of(wanted);
  load.phase_count = 2;
  server_watch watch = server_watch::open(wanted);
  report found{"chat"};
  add_settings(found, load);

  conductor lead{load, watch};
  if (lead.connect()) {
    lead.enter_phase(warm_up);
    lead.begin();
    lead.run_for(wanted.warm_up, "warming up");
    lead.enter_phase(measured);
    lead.run_for(wanted.duration, "chat");
    lead.drain();
  }
  const run_outcome outcome = lead.finish();

  const phase_figures& phase = outcome.found.phases[measured];
  add_latency(found, "delivery", phase.delivery_latency);
  add_latency(found, "reply", phase.reply_latency);
  found.figure("messages_per_s", static_cast<double>(phase.sent) / seconds(phase.wall));
  found.figure("deliveries_per_s", static_cast<double>(phase.deliveries) / seconds(phase.wall));
  if (!outcome.server.empty())
    found.figure("server_cpu_per_delivery_us",
                 seconds(outcome.server[measured].cpu) * 1e6 / static_cast<double>(phase.deliveries));
  if (!watch.why_unwatched.empty())
    found.note(watch.why_unwatched);
  guard_saturation(found, phase, load);
  add_join_check(found, outcome.found, load);
  add_connection_checks(found, outcome.found);
  add_answer_checks(found, outcome, answers::all_ok);
  add_delivery_checks(found, outcome);
  return found;
}

} // namespace lintel::loadgen
