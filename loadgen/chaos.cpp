#include "loadgen/chaos.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/findings.hpp"
#include "loadgen/kill_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t before = 0;
constexpr std::uint32_t during = 1;

/// Carries out a plan through the control socket and keeps the books.
class fault_injection {
public:
  fault_injection(kill_plan plan, control_client& control, std::vector<std::string> connection_ids)
      : plan_(std::move(plan)), control_(control), connection_ids_(std::move(connection_ids)) {}

  /// False: all is done.
  bool inject_due() {
    if (started_ == time_point{})
      started_ = clock::now();
    const auto due = plan_.due(clock::now() - started_);
    for (const fault how : {fault::kill, fault::crash}) {
      std::vector<std::string> ids;
      for (const kill_order& order : due)
        if (order.how == how)
          ids.push_back(id_of(order));
      if (!ids.empty()) {
        ordered_ += ids.size();
        accepted_[how] += control_.inject(how, ids);
      }
    }
    ended_ = clock::now();
    return !plan_.is_done();
  }

  std::uint64_t ordered() const noexcept { return ordered_; }
  std::uint64_t accepted(fault how) const {
    const auto found = accepted_.find(how);
    return found == accepted_.end() ? 0 : found->second;
  }
  double rate() const { return static_cast<double>(ordered_) / seconds(ended_ - started_); }

private:
  std::string id_of(const kill_order& order) const {
    if (order.target == kill_order::actor::room)
      return fmt::format("room:{}", order.index);
    return connection_ids_[order.index];
  }

  kill_plan plan_;
  control_client& control_;
  std::vector<std::string> connection_ids_;
  time_point started_{};
  time_point ended_{};
  std::uint64_t ordered_ = 0;
  std::map<fault, std::uint64_t> accepted_;
};

kill_plan plan_of(const scenario& wanted, const workload& load) {
  const chaos_options& chaos = wanted.chaos;
  const bool hits_connections = chaos.target != kill_target::rooms;
  const bool hits_rooms = chaos.target != kill_target::connections;
  const double for_duration = chaos.kill_rate * seconds(wanted.duration);
  const auto by_rate = static_cast<std::uint32_t>(std::min(for_duration, 1e9));
  kill_plan::shape shape{.connections = hits_connections ? load.connections : 0,
                         .kills_per_actor = chaos.kills_per_actor,
                         .connection_kills = by_rate,
                         .rooms = hits_rooms || chaos.room_kills > 0 ? load.rooms : 0,
                         .room_kills = chaos.room_kills,
                         .rate = chaos.kill_rate,
                         .crash_share = chaos.crash_share,
                         .seed = wanted.seed};
  if (hits_rooms && chaos.room_kills == 0)
    shape.room_kills = hits_connections ? load.rooms : by_rate;
  return kill_plan{shape};
}

std::map<std::string, std::int64_t> incarnations_of(control_client& control) {
  std::map<std::string, std::int64_t> incarnations;
  for (const connection_state& each : control.connections())
    incarnations[each.id] = each.incarnation;
  return incarnations;
}

void add_server_checks(report& into, const fault_injection& faults, const server_counters& at_start,
                       const server_counters& at_end, const workload& load) {
  const std::uint64_t kills = faults.accepted(fault::kill);
  const std::uint64_t crashes = faults.accepted(fault::crash);
  add_equal_check(into, "faults the server accepted", static_cast<std::int64_t>(kills + crashes),
                  faults.ordered());
  add_equal_check(into, "kills counted by the server", at_end.kills - at_start.kills, kills);
  add_equal_check(into, "crashes counted by the server", at_end.crashes - at_start.crashes,
                  crashes);
  add_equal_check(into, "restarts == kills + crashes", at_end.restarts - at_start.restarts,
                  kills + crashes);
  add_equal_check(into, "actors given up", at_end.gave_up - at_start.gave_up, 0);
  add_equal_check(into, "sockets closed, as the server counts",
                  at_end.sockets_closed_by_server - at_start.sockets_closed_by_server, 0);
  add_equal_check(into, "messages the server did not handle", at_end.unhandled - at_start.unhandled,
                  0);
  add_equal_check(into, "connections open at the end", at_end.connections_open, load.connections);
}

void add_incarnation_check(report& into, const std::map<std::string, std::int64_t>& at_start,
                           const std::map<std::string, std::int64_t>& at_end,
                           std::uint32_t wanted) {
  std::size_t exact = 0;
  std::string example;
  for (const auto& [id, incarnation] : at_start) {
    const auto now = at_end.find(id);
    const std::int64_t lives = now == at_end.end() ? -1 : now->second - incarnation;
    if (lives == wanted)
      ++exact;
    else if (example.empty())
      example = now == at_end.end() ? fmt::format("; first: {} is gone", id)
                                    : fmt::format("; first: {} lived {} more", id, lives);
  }
  into.check(fmt::format("every connection actor restarted exactly {} times", wanted),
             report::judge(exact == at_start.size()),
             fmt::format("{} of {}{}", grouped(exact), grouped(at_start.size()), example));
}

void add_latencies(report& into, const run_outcome& outcome) {
  const phase_figures& calm = outcome.found.phases[before];
  const phase_figures& storm = outcome.found.phases[during];
  add_latency(into, "delivery_before", calm.delivery_latency);
  add_latency(into, "delivery_during", storm.delivery_latency);
  add_latency(into, "reply_before", calm.reply_latency);
  add_latency(into, "reply_during", storm.reply_latency);
  add_message_rates(into, storm);
}

void require_own_server(const workload& load, std::size_t listed) {
  if (listed != load.connections)
    throw cannot_run{
        fmt::format("the server lists {} connections and {} are ours: chaos needs a server of "
                    "its own, and the control socket of that server",
                    listed, load.connections)};
}

} // namespace

report run_chaos(const scenario& wanted) {
  workload load = workload_of(wanted);
  load.phase_count = 2;
  server_watch watch = server_watch::open(wanted);
  if (!watch.control)
    throw cannot_run{fmt::format("chaos needs the server's control socket: give --control PATH "
                                 "(default {})",
                                 default_control_path)};
  control_client& control = *watch.control;
  report found{"chaos"};
  add_settings(found, load);
  found.setting("faults", fmt::format("{} per second, {:.0f} % of them crashes",
                                      wanted.chaos.kill_rate, wanted.chaos.crash_share * 100));

  conductor lead{load, watch};
  if (!lead.connect()) {
    add_connection_checks(found, lead.finish().found, load);
    return found;
  }
  const auto incarnations_at_start = incarnations_of(control);
  require_own_server(load, incarnations_at_start.size());
  std::vector<std::string> ids;
  for (const auto& [id, incarnation] : incarnations_at_start)
    ids.push_back(id);
  fault_injection faults{plan_of(wanted, load), control, std::move(ids)};

  lead.begin();
  lead.run_for(wanted.warm_up, "warming up");
  lead.enter_phase(before);
  lead.run_for(wanted.chaos.baseline, "undisturbed");
  const server_counters at_start = control.counters();
  lead.enter_phase(during);
  lead.run_for(24h, "chaos", [&] { return faults.inject_due(); });
  lead.run_for(500ms, "chaos"); // the last victims have to be seen at work again
  lead.drain();
  const std::uint64_t accepted = faults.accepted(fault::kill) + faults.accepted(fault::crash);
  const server_counters at_end =
      lead.await_restarts(at_start.restarts + static_cast<std::int64_t>(accepted));
  const auto incarnations_at_end = incarnations_of(control);
  const run_outcome outcome = lead.finish();

  add_latencies(found, outcome);
  found.figure("faults", static_cast<double>(faults.ordered()));
  found.figure("faults_per_s", faults.rate());
  guard_saturation(found, outcome.found.phases[during], load);
  add_connection_checks(found, outcome.found, load);
  add_answer_checks(found, outcome, answers::all);
  add_delivery_checks(found, outcome);
  add_server_checks(found, faults, at_start, at_end, load);
  if (wanted.chaos.kills_per_actor > 0 && wanted.chaos.target != kill_target::rooms)
    add_incarnation_check(found, incarnations_at_start, incarnations_at_end,
                          wanted.chaos.kills_per_actor);
  return found;
}

} // namespace lintel::loadgen
