#include "loadgen/fanout.hpp"

#include "loadgen/findings.hpp"

namespace lintel::loadgen {

namespace {

void add_cost(report& into, const phase_figures& phase, const server_phase* server,
              const workload& load) {
  const bool is_rpc = !load.traffic.is_broadcast;
  const auto count = static_cast<double>(is_rpc ? phase.answered : phase.deliveries);
  into.figure(is_rpc ? "replies_per_s" : "deliveries_per_s", count / seconds(phase.wall));
  if (server != nullptr)
    into.figure(is_rpc ? "server_cpu_per_reply_us" : "server_cpu_per_delivery_us",
                seconds(server->cpu) * 1e6 / count);
  if (server != nullptr)
    into.figure("server_cpu_percent", seconds(server->cpu) / seconds(server->wall) * 100);
  into.figure("messages_per_s", static_cast<double>(phase.sent) / seconds(phase.wall));
  add_latency(into, "delivery", phase.delivery_latency);
  add_latency(into, "reply", phase.reply_latency);
}

} // namespace

report run_fanout(const scenario& wanted) {
  constexpr std::uint32_t warm_up = 0;
  constexpr std::uint32_t measured = 1;
  workload load = workload_of(wanted);
  load.phase_count = 2;
  server_watch watch = server_watch::open(wanted);
  report found{wanted.fan_workload};
  add_settings(found, load);

  conductor lead{load, watch};
  if (lead.connect()) {
    lead.enter_phase(warm_up);
    lead.begin();
    lead.run_for(wanted.warm_up, "warming up");
    lead.enter_phase(measured);
    lead.run_for(wanted.duration, wanted.fan_workload);
    lead.drain();
  }
  const run_outcome outcome = lead.finish();

  const phase_figures& phase = outcome.found.phases[measured];
  add_cost(found, phase, outcome.server.empty() ? nullptr : &outcome.server[measured], load);
  if (!watch.why_unwatched.empty())
    found.note(watch.why_unwatched);
  guard_saturation(found, phase, load);
  add_join_check(found, outcome.found, load);
  add_connection_checks(found, outcome.found);
  add_answer_checks(found, outcome,
                    wanted.requires_replies ? answers::all_ok : answers::not_required);
  if (load.traffic.is_broadcast)
    add_delivery_checks(found, outcome);
  return found;
}

} // namespace lintel::loadgen
