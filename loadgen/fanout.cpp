#include "loadgen/fanout.hpp"

#include "loadgen/findings.hpp"

namespace lintel::loadgen {

namespace {

void add_cost(report& into, const phase_figures& phase, const server_phase* server,
              const workload& load) {
  const bool is_rpc = !load.traffic.is_broadcast;
  const auto count = static_cast<double>(is_rpc ? phase.answered : phase.deliveries);
  if (server != nullptr) {
    into.figure(is_rpc ? "server_cpu_per_reply_us" : "server_cpu_per_delivery_us",
                seconds(server->cpu) * 1e6 / count);
    into.figure("server_cpu_percent", seconds(server->cpu) / seconds(server->wall) * 100);
  }
  add_message_rates(into, phase);
  add_latency(into, "delivery", phase.delivery_latency);
  add_latency(into, "reply", phase.reply_latency);
}

} // namespace

report run_fanout(const scenario& wanted) {
  workload load = workload_of(wanted);
  load.phase_count = 2;
  server_watch watch = server_watch::open(wanted);
  report found{wanted.fan_workload};
  add_settings(found, load);

  conductor lead{load, watch};
  const bool has_joined = lead.connect();
  if (has_joined)
    lead.measure_messages(wanted.warm_up, wanted.duration, wanted.fan_workload);
  const run_outcome outcome = lead.finish();

  add_connection_checks(found, outcome.found, load);
  if (!has_joined)
    return found;
  if (!watch.why_unwatched.empty())
    found.note(watch.why_unwatched);
  constexpr std::uint32_t measured = conductor::measured_phase;
  const phase_figures& phase = outcome.found.phases[measured];
  add_cost(found, phase, outcome.server.empty() ? nullptr : &outcome.server[measured], load);
  guard_saturation(found, phase, load);
  add_answer_checks(found, outcome,
                    wanted.requires_replies ? answers::all_ok : answers::not_required);
  if (load.traffic.is_broadcast)
    add_delivery_checks(found, outcome);
  return found;
}

} // namespace lintel::loadgen
