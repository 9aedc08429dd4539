#include "loadgen/publish.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/findings.hpp"
#include "loadgen/history_reader.hpp"
#include "loadgen/progress_line.hpp"
#include "loadgen/raw_fsync.hpp"
#include "loadgen/server_watch.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <optional>
#include <random>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

constexpr nanoseconds turn_length = 5ms;
constexpr nanoseconds raw_length = 2s;

void require_sense(const scenario& wanted) {
  if (!room_share{wanted.rooms, wanted.connections}.is_possible())
    throw cannot_run{
        fmt::format("--rooms must be between 1 and {} for each of the --connections, which must be at least "
                    "1: a connection joins no more channels",
                    room_share::rooms_per_connection_max)};
  if (wanted.publish.outstanding < 1)
    throw cannot_run{"--outstanding must be at least 1"};
  if (wanted.payload_bytes < payload_bytes_min)
    throw cannot_run{
        fmt::format("--payload must be at least {} bytes: sender, sequence and time travel in it", payload_bytes_min)};
  if (wanted.duration <= 0s)
    throw cannot_run{"--duration must be positive"};
}

publish_plan plan_of(const scenario& wanted) {
  publish_plan plan{.connections = wanted.connections,
                    .rooms = wanted.rooms,
                    .outstanding = wanted.publish.outstanding,
                    .topic_prefix = wanted.topic_prefix,
                    .event = wanted.event,
                    .payload_bytes = wanted.payload_bytes,
                    .seed = wanted.seed};
  // A server on the same data knows the keys of the last five minutes: those of another run must differ.
  if (wanted.publish.has_keys)
    plan.key_prefix = fmt::format("{:08x}", std::random_device{}());
  return plan;
}

/// What was measured of one stretch.
struct publish_stretch {
  publish_figures figures;
  nanoseconds wall{};
  std::optional<nanoseconds> server_cpu;
  nanoseconds generator_cpu{};
};

publish_stretch measure(publisher& crowd, const server_watch& watch, nanoseconds length, progress_line& line) {
  publish_stretch found;
  const server_process self{getpid()};
  const nanoseconds server_before = watch.process ? watch.process->cpu() : nanoseconds{};
  const nanoseconds self_before = self.cpu();
  const auto started = clock::now();
  crowd.measure(&found.figures);
  while (clock::now() - started < length) {
    crowd.turn(turn_length);
    line.show(fmt::format("publishing: {} acknowledged", grouped(found.figures.acknowledged)));
  }
  crowd.measure(nullptr);
  found.wall = clock::now() - started;
  found.generator_cpu = self.cpu() - self_before;
  if (watch.process)
    found.server_cpu = watch.process->cpu() - server_before;
  return found;
}

void add_settings(report& into, const scenario& wanted) {
  into.setting("target", wanted.target);
  into.setting("topics", fmt::format("{0}0 to {0}{1}", wanted.topic_prefix, wanted.rooms - 1));
  into.setting("load", fmt::format("closed loop, {} connections, {} outstanding each", grouped(wanted.connections),
                                   wanted.publish.outstanding));
  into.setting("payload", fmt::format("{} bytes{}", wanted.payload_bytes,
                                      wanted.publish.has_keys ? ", each push with an idempotency key" : ""));
  into.setting("seed", std::to_string(wanted.seed));
}

void add_raw(report& into, const std::string& when, const fsync_rate& raw) {
  const auto us = [&](double percent) { return static_cast<double>(raw.latency.percentile(percent)) / 1e3; };
  into.figure("raw_fsync_" + when + "_per_s", raw.per_s);
  into.figure("raw_fsync_" + when + "_p50_us", us(50));
  into.figure("raw_fsync_" + when + "_p99_us", us(99));
  into.row("pwrite of 4 KiB and fdatasync, one after another, " + when,
           fmt::format("{:.0f} /s, p50 {:.2f} ms, p99 {:.2f} ms", raw.per_s, us(50) / 1e3, us(99) / 1e3));
}

void add_figures(report& into, const publish_stretch& found) {
  const auto count = static_cast<double>(found.figures.acknowledged);
  const double wall = seconds(found.wall);
  const histogram& latency = found.figures.latency;
  into.figure("acknowledged_per_s", count / wall);
  add_latency(into, "acknowledged", latency);
  into.figure("deliveries_per_s", static_cast<double>(found.figures.deliveries) / wall);
  const auto ms = [&](double percent) { return static_cast<double>(latency.percentile(percent)) / 1e6; };
  std::string text = fmt::format("{:.0f} /s, p50 {:.2f} ms, p99 {:.2f} ms", count / wall, ms(50), ms(99));
  if (found.server_cpu) {
    const double each = seconds(*found.server_cpu) * 1e6 / count;
    into.figure("server_cpu_per_message_us", each);
    into.figure("server_cpu_percent", seconds(*found.server_cpu) / wall * 100);
    text += fmt::format(", {:.1f} us of server CPU each", each);
  }
  into.row("messages acknowledged", text);
  into.note(fmt::format("generator: {:.0f} % of a core", seconds(found.generator_cpu) / wall * 100));
}

std::string with_example(std::uint64_t count, const std::string& example) {
  return count == 0 || example.empty() ? grouped(count) : fmt::format("{}; first: {}", grouped(count), example);
}

} // namespace

void add_publish_checks(report& into, const publish_faults& faults, std::uint64_t pushed, std::uint64_t unanswered) {
  const auto answered_otherwise = faults.refused + faults.duplicates + faults.without_offset;
  into.check("every push answered ok", report::judge(answered_otherwise == 0 && unanswered == 0),
             fmt::format("{} pushes, {} refused, {} taken for duplicates, {} without an offset, {} unanswered{}",
                         grouped(pushed), grouped(faults.refused), grouped(faults.duplicates),
                         grouped(faults.without_offset), grouped(unanswered),
                         faults.first_example.empty() ? "" : "; first fault: " + faults.first_example));
  const auto zero = [&](const char* name, std::uint64_t count) {
    into.check(name, report::judge(count == 0), with_example(count, faults.first_example));
  };
  zero("deliveries with another offset than the next", faults.out_of_order);
  zero("sockets lost", faults.lost_sockets);
  zero("unexpected messages", faults.unexpected);
}

void add_offset_checks(report& into, const offset_verdict& verdict, const std::string& read_problem) {
  into.check("offsets unique and without holes", report::judge(verdict.repeated == 0 && verdict.holes == 0),
             fmt::format("{} acknowledged, {} twice, {} left out{}", grouped(verdict.acknowledged),
                         grouped(verdict.repeated), grouped(verdict.holes),
                         verdict.first_example.empty() ? "" : "; first: " + verdict.first_example));
  const bool is_whole = verdict.missing == 0 && verdict.differing == 0 && read_problem.empty();
  std::string detail = fmt::format("{} read back, {} missing, {} other than acknowledged", grouped(verdict.read_back),
                                   grouped(verdict.missing), grouped(verdict.differing));
  if (verdict.read_back + verdict.missing < verdict.acknowledged)
    detail += fmt::format("; {} are older than what a topic keeps",
                          grouped(verdict.acknowledged - verdict.read_back - verdict.missing));
  if (!read_problem.empty())
    detail += "; " + read_problem;
  into.check("what was acknowledged is in the history", report::judge(is_whole), detail);
}

report run_publish(const scenario& wanted) {
  require_sense(wanted);
  auto watch = server_watch::open(wanted);
  report found{"publish"};
  add_settings(found, wanted);
  progress_line line;
  const auto& raw_directory = wanted.publish.raw_fsync_directory;
  std::optional<fsync_rate> raw_before, raw_after;
  if (raw_directory)
    raw_before = measure_raw_fsync(*raw_directory, raw_length);

  const endpoint target = resolve(wanted.target);
  const source_addresses sources{target, wanted.connections, wanted.source_addresses};
  offset_ledger ledger{wanted.rooms};
  publisher crowd{plan_of(wanted), target, sources, ledger};
  crowd.join();
  crowd.begin();
  for (const auto warm = clock::now() + wanted.warm_up; clock::now() < warm;)
    crowd.turn(turn_length);
  const auto stretch = measure(crowd, watch, wanted.duration, line);
  crowd.stop();
  crowd.finish(); // what it leaves unanswered is counted
  if (raw_directory)
    raw_after = measure_raw_fsync(*raw_directory, raw_length);
  const std::uint64_t kept = kept_of(wanted);
  history_reader reader{
      {.rooms = wanted.rooms, .topic_prefix = wanted.topic_prefix, .kept = kept}, target, sources, ledger};
  const std::string problem = reader.read_all();
  line.clear();

  if (!watch.why_unwatched.empty())
    found.note(watch.why_unwatched);
  if (raw_before)
    add_raw(found, "before", *raw_before);
  add_figures(found, stretch);
  if (raw_after)
    add_raw(found, "after", *raw_after);
  add_publish_checks(found, crowd.faults(), crowd.pushed_count(), crowd.unanswered_count());
  add_offset_checks(found, ledger.judge(kept), problem);
  return found;
}

} // namespace lintel::loadgen
