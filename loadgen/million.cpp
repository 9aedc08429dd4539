#include "loadgen/million.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/findings.hpp"
#include "loadgen/machine.hpp"
#include "loadgen/needs.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

enum phase : std::uint32_t { resting, publishing, killing, announcing, phase_total };

/// Where CPU time went, up to a moment or between two.
struct cpu_account {
  nanoseconds machine{};
  nanoseconds server{};
  nanoseconds generator{};

  static cpu_account now(const server_watch& watch) {
    return {read_busy_time(), watch.process->cpu(), server_process{getpid()}.cpu()};
  }
  friend cpu_account operator-(const cpu_account& later, const cpu_account& sooner) {
    return {later.machine - sooner.machine, later.server - sooner.server, later.generator - sooner.generator};
  }
  nanoseconds others() const { return machine - server - generator; }
};

/// What was looked up between the phases.
struct sightings {
  machine_memory memory_before;
  machine_memory memory_joined;
  cpu_account connecting; ///< CPU while connecting
  cpu_account resting;    ///< and at rest
  std::optional<std::uint64_t> generator_pss;
  std::optional<std::uint64_t> pss_gathered; ///< of the server, when everybody is in the hall
  server_counters counters_before_kills;
  server_counters counters_after;
  std::uint64_t killed = 0; ///< as the server answered
  nanoseconds restarted_in{};
  bool has_gathered = false;
};

workload million_of(const scenario& wanted) {
  const connection_needs needs = needs_of(wanted.connections, read_machine_limits());
  scenario filled = wanted;
  filled.threads = wanted.threads.value_or(needs.threads);
  workload load = workload_of(filled);
  load.phase_count = phase_total;
  load.opening_max = 2048;   // fifty small threads: each needs some under way to be worth waking
  load.connect_limit = 300s; // some four times what an idle machine takes: the whole must end within ten minutes
  load.tick_interval = 50ms;
  // A thread's connections are spread over all workers of the server: what leaves together here arrives apart there.
  load.heartbeat_slice = 50ms;
  load.nap = 5ms;
  load.leaves_politely = false; // a million closing handshakes prove nothing that 15,000 do not
  load.hall = "room:everybody";
  return load;
}

void kill_some(conductor& lead, control_client& control, const scenario& wanted, sightings& seen) {
  lead.enter_phase(killing);
  seen.counters_before_kills = control.counters();
  const time_point started = clock::now();
  seen.killed = control.kill_random_connections(wanted.million.kills);
  lead.await_restarts(seen.counters_before_kills.restarts + static_cast<std::int64_t>(seen.killed));
  seen.restarted_in = clock::now() - started;
  lead.run_for(2s, "publishing after the kills"); // the victims have to be seen at work again
}

/// All phases, in order.
void carry_out(conductor& lead, server_watch& watch, const scenario& wanted, sightings& seen) {
  lead.rest();
  seen.memory_joined = read_machine_memory();
  seen.generator_pss = lead.generator_pss_bytes();

  const cpu_account before = cpu_account::now(watch);
  lead.enter_phase(resting);
  lead.run_for(wanted.million.rest, "at rest, heartbeats only");
  seen.resting = cpu_account::now(watch) - before;
  lead.enter_phase(publishing);
  lead.begin();
  lead.run_for(wanted.million.publish, "publishing in some rooms");
  kill_some(lead, *watch.control, wanted, seen);
  lead.drain();

  seen.has_gathered = lead.gather();
  if (seen.has_gathered) {
    lead.run_for(3s, "resting before memory is read");
    seen.pss_gathered = watch.process->pss_bytes();
    lead.enter_phase(announcing);
    lead.announce();
    lead.enter_phase(phase_total);
  }
  seen.counters_after = watch.control->counters();
}

double grown(std::uint64_t before, std::uint64_t after) {
  return static_cast<double>(after) - static_cast<double>(before);
}

void add_memory(report& into, const run_outcome& outcome, const sightings& seen, const workload& load) {
  const double count = load.connections;
  const machine_memory& before = seen.memory_before;
  const machine_memory& joined = seen.memory_joined;
  if (outcome.pss_before && outcome.pss_after) {
    const double user = grown(*outcome.pss_before, *outcome.pss_after) / count;
    into.figure("server_pss_bytes_per_connection", user);
    into.row("server memory, in a room of " + grouped(load.members_of(0)),
             fmt::format("{:.0f} bytes per connection (PSS)", user));
  }
  const double pair = (grown(before.slab, joined.slab) + grown(before.sockets, joined.sockets)) / count;
  into.figure("kernel_bytes_per_pair", pair);
  into.row("kernel memory",
           fmt::format("{:.0f} bytes per connection and end: half of what Slab and socket buffers grew "
                       "by, for the generator's sockets are in it too",
                       pair / 2));
  if (seen.generator_pss)
    into.figure("generator_pss_bytes_per_connection", static_cast<double>(*seen.generator_pss) / count);
  const double whole = grown(joined.unused, before.unused);
  into.figure("machine_bytes_per_connection", whole / count);
  into.row("the whole machine",
           fmt::format("{:.1f} GiB of memory: both ends of {} connections, server, kernel and generator",
                       whole / (1ull << 30), grouped(load.connections)));
}

/// Whoever else computes here makes every figure worse.
void note_others(report& into, const char* when, const cpu_account& spent, nanoseconds wall) {
  const double share = seconds(spent.others()) / seconds(wall);
  if (share > 0.1)
    into.note(fmt::format("other programs used {:.0f} % of a core {}", share * 100, when));
}

void add_rest(report& into, const run_outcome& outcome, const sightings& seen, const workload& load) {
  const phase_figures& rest = outcome.found.phases[resting];
  const server_phase& server = outcome.server[resting];
  const double per_second = static_cast<double>(rest.heartbeats) / seconds(rest.wall);
  const auto percent = [&](nanoseconds used) { return seconds(used) / seconds(server.wall) * 100; };
  into.figure("heartbeats_per_s", per_second);
  into.figure("server_cpu_at_rest_percent", percent(server.cpu));
  into.figure("generator_cpu_at_rest_percent", percent(seen.resting.generator));
  into.row(
      fmt::format("server CPU at rest, a heartbeat per connection every {:.0f} s", seconds(load.heartbeat_interval)),
      fmt::format("{:.1f} % of a core, loopback's packets included; {} heartbeats/s answered", percent(server.cpu),
                  grouped(static_cast<std::uint64_t>(per_second))));
}

/// Latency counts from the moment a message was meant to be sent, so a generator that is late makes it worse, never
/// better: on a machine that holds both ends it is an upper bound, and is shown as one.
void add_publish(report& into, const run_outcome& outcome, const workload& load) {
  const phase_figures& phase = outcome.found.phases[publishing];
  const generator_load busy = busy_of(phase, load);
  const auto ms_at = [](const histogram& of, double percent) {
    return static_cast<double>(of.percentile(percent)) / 1e6;
  };
  std::string text =
      fmt::format("p50 {:.1f} ms, p99 {:.1f} ms ({} messages, {} deliveries)", ms_at(phase.delivery_latency, 50),
                  ms_at(phase.delivery_latency, 99), grouped(phase.sent), grouped(phase.delivery_latency.count()));
  if (saturation_guard::objection(busy))
    text += fmt::format("; the generator's own lateness is in it: sends up to {:.1f} ms, reads {:.1f} ms at p99",
                        seconds(busy.lateness_p99) * 1e3, seconds(busy.loop_lag_p99) * 1e3);
  add_latency(into, "delivery", phase.delivery_latency);
  add_latency(into, "send_lateness", phase.lateness);
  into.row(fmt::format("publish in a room of {}, push to delivery", grouped(load.members_of(0))), text);
}

void add_kills(report& into, const run_outcome& outcome, const sightings& seen) {
  const std::int64_t closed =
      seen.counters_after.sockets_closed_by_server - seen.counters_before_kills.sockets_closed_by_server;
  into.figure("restarts_ms", seconds(seen.restarted_in) * 1e3);
  into.row(fmt::format("{} random connection actors killed while people talk", grouped(seen.killed)),
           fmt::format("restarted in {:.0f} ms; {} sockets closed, {} messages lost", seconds(seen.restarted_in) * 1e3,
                       closed, grouped(outcome.verdict.lost)));
}

void add_hall(report& into, const run_outcome& outcome, const sightings& seen, const workload& load) {
  if (!seen.has_gathered)
    return;
  const measurement& found = outcome.found;
  const double joins = load.connections / seconds(found.hall_wall);
  into.figure("hall_joins_per_s", joins);
  std::string text = fmt::format("{} joins/s", grouped(static_cast<std::uint64_t>(joins)));
  if (outcome.pss_after && seen.pss_gathered) {
    const double more = grown(*outcome.pss_after, *seen.pss_gathered) / load.connections;
    into.figure("hall_pss_bytes_per_connection", more);
    text += fmt::format(", {:.0f} bytes more per connection (PSS)", more);
  }
  into.row("everybody enters one room more", text);
  const double took = static_cast<double>(found.hall_latency.max()) / 1e9;
  const auto reached = found.hall_latency.count();
  into.figure("broadcast_s", took);
  into.figure("broadcast_deliveries_per_s", static_cast<double>(reached) / took);
  into.figure("broadcast_server_cpu_per_delivery_us",
              seconds(outcome.server[announcing].cpu) * 1e6 / static_cast<double>(reached));
  into.row("one message to that room",
           fmt::format("{} deliveries in {:.1f} s, {} per second", grouped(reached), took,
                       grouped(static_cast<std::uint64_t>(static_cast<double>(reached) / took))));
}

void add_hall_checks(report& into, const measurement& found, const sightings& seen, const workload& load) {
  into.check("everybody entered one room", report::judge(seen.has_gathered), seen.has_gathered ? "yes" : "no");
  into.check("one message reached everybody exactly once",
             report::judge(found.hall_latency.count() == load.connections && found.hall_repeated == 0),
             fmt::format("{} of {}, {} twice", grouped(found.hall_latency.count()), grouped(load.connections),
                         grouped(found.hall_repeated)));
}

void add_server_checks(report& into, const sightings& seen, const scenario& wanted) {
  const server_counters& before = seen.counters_before_kills;
  const server_counters& after = seen.counters_after;
  const auto wanted_kills = std::min(wanted.million.kills, wanted.connections);
  add_equal_check(into, "connections open", after.connections_open, wanted.connections);
  add_equal_check(into, "kills the server accepted", static_cast<std::int64_t>(seen.killed), wanted_kills);
  add_equal_check(into, "restarts == kills", after.restarts - before.restarts, seen.killed);
  add_equal_check(into, "actors given up", after.gave_up - before.gave_up, 0);
  add_equal_check(into, "sockets closed, as the server counts", after.sockets_closed_by_server, 0);
  add_equal_check(into, "messages the server did not handle", after.unhandled, 0);
}

} // namespace

void require_machine(const scenario& wanted) {
  const machine_limits here = read_machine_limits();
  const connection_needs needs = needs_of(wanted.connections, here);
  if (wanted.million.is_check_only)
    fmt::print(stderr, "{}\n", in_words(needs, here));
  const std::vector<std::string> missing = shortfalls(needs, here);
  if (!missing.empty())
    throw cannot_run{fmt::format("impossible here: {}", fmt::join(missing, "; "))};
}

report run_million(const scenario& wanted) {
  const workload load = million_of(wanted);
  server_watch watch = server_watch::open(wanted);
  if (!watch.control || !watch.process)
    throw cannot_run{fmt::format("million needs the server's control socket: give --control PATH (default {})",
                                 default_control_path)};
  report found{"million"};
  add_settings(found, load);

  sightings seen{.memory_before = read_machine_memory()};
  conductor lead{load, watch};
  const cpu_account before = cpu_account::now(watch);
  const bool has_joined = lead.connect();
  seen.connecting = cpu_account::now(watch) - before;
  if (has_joined)
    carry_out(lead, watch, wanted, seen);
  const run_outcome outcome = lead.finish();

  add_connection_checks(found, outcome.found, load);
  if (!has_joined)
    return found;
  found.row("connections, each upgraded and joined", grouped(outcome.found.joined_count));
  found.row("handshakes, joins included",
            fmt::format("{} per second ({:.0f} s)",
                        grouped(static_cast<std::uint64_t>(load.connections / seconds(outcome.found.connect_wall))),
                        seconds(outcome.found.connect_wall)));
  add_join_figures(found, outcome, load);
  add_memory(found, outcome, seen, load);
  add_rest(found, outcome, seen, load);
  note_others(found, "while connecting", seen.connecting, outcome.found.connect_wall);
  note_others(found, "at rest", seen.resting, outcome.found.phases[resting].wall);
  add_publish(found, outcome, load);
  add_kills(found, outcome, seen);
  add_hall(found, outcome, seen, load);
  add_answer_checks(found, outcome, answers::all);
  add_delivery_checks(found, outcome);
  add_hall_checks(found, outcome.found, seen, load);
  add_server_checks(found, seen, wanted);
  return found;
}

} // namespace lintel::loadgen
