#include "loadgen/recover.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/findings.hpp"
#include "loadgen/publisher.hpp"
#include "loadgen/recover_crowd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <optional>
#include <thread>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

enum phase : std::uint32_t { before, storm, phase_total };

constexpr nanoseconds baseline_warm_up = 1s;
constexpr std::uint32_t bystander_rooms = 10;
constexpr std::uint32_t bystanders = 2 * bystander_rooms;
constexpr std::uint32_t publishers_max = 10;
constexpr std::uint32_t publisher_outstanding = 32;
// What is sent twice comes behind the last message that was waited for.
constexpr nanoseconds afterwards = 500ms;
constexpr double mebibyte = 1024.0 * 1024.0;

void require_sense(const scenario& wanted) {
  const recover_options& what = wanted.recover;
  if (what.clients < 1 || wanted.rooms < 1 || wanted.rooms > what.clients)
    throw cannot_run{fmt::format("--rooms must be between 1 and the {} --clients", what.clients)};
  if (what.missed < 1)
    throw cannot_run{"--missed must be at least 1"};
  if (wanted.payload_bytes < payload_bytes_min)
    throw cannot_run{fmt::format("--payload must be at least {} bytes", payload_bytes_min)};
}

/// Who sits in rooms of their own and is not concerned.
workload bystanders_of(const scenario& wanted) {
  scenario filled = wanted;
  filled.connections = bystanders;
  filled.rooms = bystander_rooms;
  filled.threads = 1;
  filled.rate = wanted.recover.bystander_rate;
  filled.topic_prefix = wanted.topic_prefix + "bystanders-";
  workload load = workload_of(filled);
  load.phase_count = phase_total;
  return load;
}

/// Does something that takes its time while the bystanders' conductor goes on.
template <class Action>
auto beside(conductor& others, std::string_view stage, Action action) {
  using namespace std::chrono_literals;
  auto outcome = std::async(std::launch::async, std::move(action));
  others.run_for(24h, stage, [&] { return outcome.wait_for(0s) != std::future_status::ready; });
  return outcome.get();
}

/// What was seen of the clients and of the server's memory.
struct storm_sightings {
  nanoseconds took{};
  std::optional<std::uint64_t> rss_before;
  std::uint64_t rss_max = 0;
};

void publish_missed(const scenario& wanted, const endpoint& target, const source_addresses& sources) {
  const std::uint32_t rooms = wanted.rooms;
  const std::uint32_t needed =
      (rooms + room_share::rooms_per_connection_max - 1) / room_share::rooms_per_connection_max;
  publish_plan plan{.connections = std::max(needed, std::min(rooms, publishers_max)),
                    .rooms = rooms,
                    .outstanding = publisher_outstanding,
                    .topic_prefix = wanted.topic_prefix,
                    .event = wanted.event,
                    .payload_bytes = wanted.payload_bytes,
                    .seed = wanted.seed,
                    .messages_per_channel = wanted.recover.missed};
  offset_ledger ledger{rooms};
  publisher voices{plan, target, sources, ledger};
  voices.join();
  voices.begin();
  const bool is_finished = voices.finish();
  if (!is_finished || !voices.faults().first_example.empty())
    throw cannot_run{fmt::format("the messages to be missed could not be published: {}",
                                 is_finished ? voices.faults().first_example : "no answer for 10 s")};
}

/// Waits until the server has seen the ends of all connections but the bystanders', so that nobody comes back too
/// early.
void await_losses(conductor& lead, server_watch& watch) {
  if (watch.control)
    lead.run_for(10s, "the server notices", [&] { return watch.control->counters().connections_open > bystanders; });
  else
    lead.run_for(2s, "the server notices");
}

storm_sightings carry_out(conductor& lead, server_watch& watch, const scenario& wanted, recover_crowd& clients,
                          const endpoint& target, const source_addresses& sources) {
  const recover_options& what = wanted.recover;
  beside(lead, "everybody joins", [&] { clients.join(); });
  lead.begin();
  beside(lead, "bystanders warm up", [&] { clients.rest(baseline_warm_up); });
  lead.enter_phase(before);
  beside(lead, "bystanders alone", [&] { clients.rest(what.baseline); });
  lead.enter_phase(phase_total);
  clients.lose();
  await_losses(lead, watch);
  beside(lead, "messages are missed", [&] { publish_missed(wanted, target, sources); });
  await_losses(lead, watch);

  storm_sightings seen;
  const auto rss = [&] { return watch.process ? watch.process->rss_bytes() : std::nullopt; };
  seen.rss_before = rss();
  lead.enter_phase(storm);
  seen.took = beside(lead, "everybody comes back", [&] {
    return clients.come_back(what.at_once.value_or(what.clients),
                             [&] { seen.rss_max = std::max(seen.rss_max, rss().value_or(0)); });
  });
  lead.enter_phase(phase_total);
  beside(lead, "is anything sent twice?", [&] { clients.rest(afterwards); });
  return seen;
}

void add_settings(report& into, const scenario& wanted) {
  const recover_options& what = wanted.recover;
  into.setting("target", wanted.target);
  into.setting("clients",
               fmt::format("{} in {} topics {}…, {} handshakes at once when they come back", grouped(what.clients),
                           grouped(wanted.rooms), wanted.topic_prefix, grouped(what.at_once.value_or(what.clients))));
  into.setting("missed", fmt::format("{} messages of {} bytes in each", grouped(what.missed), wanted.payload_bytes));
  into.setting("bystanders",
               fmt::format("{} in {} topics, {} messages/s", bystanders, bystander_rooms, what.bystander_rate));
  into.setting("seed", std::to_string(wanted.seed));
}

void add_storm_figures(report& into, const run_outcome& outcome, const recover_crowd& clients,
                       const storm_sightings& seen) {
  const recovery_verdict& verdict = clients.verdict();
  const double took = seconds(seen.took);
  const auto messages = static_cast<double>(verdict.messages);
  into.figure("recovered_after_s", took);
  into.figure("recovered_messages_per_s", messages / took);
  add_latency(into, "recovered", clients.latency());
  std::string text = fmt::format(
      "{:.2f} s: {} messages, {:.0f} a second; half of the clients had theirs after {:.2f} s", took,
      grouped(verdict.messages), messages / took, static_cast<double>(clients.latency().percentile(50)) / 1e9);
  into.row(fmt::format("the last of {} clients has everything", grouped(verdict.complete)), text);
  if (!outcome.server.empty()) {
    // The bystanders' share is what they cost when they were alone.
    const server_phase& alone = outcome.server[before];
    const server_phase& all = outcome.server[storm];
    const double theirs = seconds(alone.cpu) / seconds(alone.wall) * seconds(all.wall);
    const double each = (seconds(all.cpu) - theirs) * 1e6 / messages;
    into.figure("server_cpu_per_recovered_message_us", each);
    into.row("server CPU for a recovered message, connecting included", fmt::format("{:.2f} us", each));
  }
  if (seen.rss_before && seen.rss_max > 0) {
    into.figure("server_rss_before_bytes", static_cast<double>(*seen.rss_before));
    into.figure("server_rss_max_bytes", static_cast<double>(seen.rss_max));
    into.row("the server's resident memory, before and at most meanwhile",
             fmt::format("{:.1f} MiB, {:.1f} MiB", static_cast<double>(*seen.rss_before) / mebibyte,
                         static_cast<double>(seen.rss_max) / mebibyte));
  }
}

void add_bystanders(report& into, const run_outcome& outcome, const workload& load) {
  const phase_figures& alone = outcome.found.phases[before];
  const phase_figures& beside_storm = outcome.found.phases[storm];
  add_latency(into, "bystander_before", alone.reply_latency);
  add_latency(into, "bystander_storm", beside_storm.reply_latency);
  const auto ms = [](const histogram& of, double percent) { return static_cast<double>(of.percentile(percent)) / 1e6; };
  const double ratio = ms(beside_storm.reply_latency, 99) / ms(alone.reply_latency, 99);
  into.figure("bystander_p99_ratio", ratio);
  into.row("bystanders, push to ok, p50 / p99",
           fmt::format("before {:.1f} / {:.1f} ms, meanwhile {:.1f} / {:.1f} ms: p99 ×{:.1f} ({} and {} pushes)",
                       ms(alone.reply_latency, 50), ms(alone.reply_latency, 99), ms(beside_storm.reply_latency, 50),
                       ms(beside_storm.reply_latency, 99), ratio, grouped(alone.reply_latency.count()),
                       grouped(beside_storm.reply_latency.count())));
  const generator_load busy = busy_of(beside_storm, load);
  into.note(
      fmt::format("the bystanders' own lateness is in their latency: meanwhile sends left up to {:.1f} ms late and "
                  "reads {:.1f} ms at p99",
                  seconds(busy.lateness_p99) * 1e3, seconds(busy.loop_lag_p99) * 1e3));
}

} // namespace

void add_recovery_checks(report& into, const recovery_verdict& verdict, std::uint32_t clients, std::uint32_t missed) {
  const std::string example = verdict.first_example.empty() ? "" : "; first: " + verdict.first_example;
  into.check("everybody was told recovered: true", report::judge(verdict.recovered == clients && verdict.refused == 0),
             fmt::format("{} of {}; {} were told otherwise than they missed{}", grouped(verdict.recovered),
                         grouped(clients), grouped(verdict.refused), example));
  const std::uint64_t expected = std::uint64_t{clients} * missed;
  const bool is_exact = verdict.messages == expected && verdict.repeated == 0 && verdict.left_out == 0;
  into.check("everybody received every offset once, in order", report::judge(is_exact),
             fmt::format("{} of {}, {} again, {} left out{}", grouped(verdict.messages), grouped(expected),
                         grouped(verdict.repeated), grouped(verdict.left_out), example));
}

report run_recover(const scenario& wanted) {
  require_sense(wanted);
  auto watch = server_watch::open(wanted);
  report found{"recover"};
  add_settings(found, wanted);

  const endpoint target = resolve(wanted.target);
  const source_addresses sources{target, wanted.recover.clients, wanted.source_addresses};
  recover_crowd clients{{.clients = wanted.recover.clients,
                         .rooms = wanted.rooms,
                         .missed = wanted.recover.missed,
                         .topic_prefix = wanted.topic_prefix,
                         .event = wanted.event},
                        target,
                        sources};
  const workload load = bystanders_of(wanted);
  conductor lead{load, watch};
  storm_sightings seen;
  const bool has_joined = lead.connect();
  if (has_joined) {
    seen = carry_out(lead, watch, wanted, clients, target, sources);
    lead.drain();
  }
  const run_outcome outcome = lead.finish();

  add_connection_checks(found, outcome.found, load);
  if (!has_joined)
    return found;
  if (!watch.why_unwatched.empty())
    found.note(watch.why_unwatched);
  add_storm_figures(found, outcome, clients, seen);
  add_bystanders(found, outcome, load);
  add_recovery_checks(found, clients.verdict(), wanted.recover.clients, wanted.recover.missed);
  found.check("connections of clients refused or lost", report::judge(clients.failed_count() == 0),
              fmt::format("{}{}", grouped(clients.failed_count()),
                          clients.failed_count() == 0 ? "" : "; first: " + clients.first_failure()));
  add_answer_checks(found, outcome, answers::all_ok);
  add_delivery_checks(found, outcome);
  return found;
}

} // namespace lintel::loadgen
