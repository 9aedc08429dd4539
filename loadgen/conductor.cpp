#include "loadgen/conductor.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/generator.hpp"
#include "loadgen/interruption.hpp"
#include "loadgen/report.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

constexpr nanoseconds turn_length = 5ms;
constexpr nanoseconds rest_length = 3s;
// A result holds every message key of the run: some 100 MB at worst.
constexpr nanoseconds result_deadline = 30s;
// A client waits 10 s for a reply at most (phoenix.js): what has not moved for so long is not merely slow.
constexpr nanoseconds hopeless = 10s;

} // namespace

conductor::conductor(const workload& load, server_watch& watch)
    : load_(load), watch_(watch), progress_(load.threads), results_(load.threads),
      phase_(load.phase_count) {}

bool conductor::connect() {
  nanoseconds cpu_before{};
  if (watch_.process) {
    outcome_.pss_before = watch_.process->pss_bytes();
    cpu_before = watch_.process->cpu();
  }
  group_.emplace(load_.threads, [this](std::uint32_t thread, channel& to_conductor) {
    generator{load_, thread, to_conductor}.run();
  });
  const time_point deadline = clock::now() + load_.connect_limit;
  while (total().joined + total().failed < load_.connections && clock::now() < deadline)
    pump(turn_length, "connecting");
  if (watch_.process)
    outcome_.connect_cpu = watch_.process->cpu() - cpu_before;
  return total().joined == load_.connections;
}

void conductor::rest() {
  if (!watch_.process)
    return;
  run_for(rest_length, "resting before memory is read");
  outcome_.pss_after = watch_.process->pss_bytes();
}

void conductor::begin() {
  group_->tell_all(note_kind::begin);
}

void conductor::enter_phase(std::uint32_t index) {
  archive_writer body;
  body.put(index);
  group_->tell_all(note_kind::phase, body.take());
  close_phase();
  phase_ = index;
}

void conductor::close_phase() {
  if (!watch_.process)
    return;
  const time_point now = clock::now();
  const nanoseconds cpu = watch_.process->cpu();
  outcome_.server.resize(load_.phase_count);
  if (phase_ < load_.phase_count) {
    outcome_.server[phase_].cpu += cpu - phase_cpu_;
    outcome_.server[phase_].wall += now - phase_started_;
  }
  phase_started_ = now;
  phase_cpu_ = cpu;
}

void conductor::run_for(nanoseconds limit, std::string_view stage, const turn& each_turn) {
  const time_point end = clock::now() + limit;
  for (time_point now = clock::now(); now < end; now = clock::now()) {
    if (each_turn && !each_turn())
      return;
    pump(std::min<nanoseconds>(turn_length, end - now), stage);
  }
}

void conductor::measure_messages(nanoseconds warm_up, nanoseconds duration,
                                 std::string_view stage) {
  enter_phase(warm_up_phase);
  begin();
  run_for(warm_up, "warming up");
  enter_phase(measured_phase);
  run_for(duration, stage);
  drain();
}

void conductor::drain() {
  group_->tell_all(note_kind::stop);
  enter_phase(load_.phase_count);
  // Progress comes every 20 ticks: two equal ones in a row are quiet. A client waits 10 s for a reply
  // at most, so what has not moved for 5 s after the load has ended is not merely slow.
  const nanoseconds quiet = 50 * load_.tick_interval;
  constexpr nanoseconds drain_hopeless = 5s;
  const auto moved = [](const progress& each) { return each.answered + each.deliveries; };
  std::uint64_t last = 0;
  time_point last_moved = clock::now();
  for (;;) {
    pump(turn_length, "waiting for the last deliveries");
    const progress now = total();
    const nanoseconds still = clock::now() - last_moved;
    if (moved(now) != last) {
      last = moved(now);
      last_moved = clock::now();
    } else if (now.answered == now.sent && now.deliveries >= now.deliveries_expected &&
               still > quiet) {
      return;
    } else if (still > drain_hopeless) {
      outcome_.has_drained = false;
      return;
    }
  }
}

bool conductor::gather() {
  group_->tell_all(note_kind::gather);
  return await(&progress::hall_entered, load_.connections, "everybody enters one room");
}

void conductor::announce() {
  group_->tell_all(note_kind::announce);
  // What is missing the checks will say.
  static_cast<void>(await(&progress::hall_heard, load_.connections, "one message to everybody"));
}

bool conductor::await(std::uint64_t progress::*count, std::uint64_t wanted, std::string_view stage) {
  std::uint64_t last = 0;
  time_point last_moved = clock::now();
  while (last < wanted) {
    pump(turn_length, stage);
    const std::uint64_t now = total().*count;
    if (now != last)
      last_moved = clock::now();
    else if (clock::now() - last_moved > hopeless)
      return false;
    last = now;
  }
  return true;
}

server_counters conductor::await_restarts(std::int64_t restarts) {
  server_counters counters = watch_.control->counters();
  run_for(hopeless, "waiting for the last restarts", [&] {
    counters = watch_.control->counters();
    return counters.restarts < restarts;
  });
  return counters;
}

std::optional<std::uint64_t> conductor::generator_pss_bytes() const {
  return server_process{getpid()}.pss_bytes();
}

run_outcome conductor::finish() {
  group_->tell_all(note_kind::finish);
  const time_point deadline = clock::now() + result_deadline;
  const auto is_missing = [this] {
    return std::any_of(results_.begin(), results_.end(),
                       [](const std::string& each) { return each.empty(); });
  };
  while (is_missing()) {
    pump(turn_length, "collecting results");
    if (clock::now() > deadline)
      throw cannot_run{"a generator thread did not report its result within 30 s"};
  }
  group_.reset();

  delivery_checker checker{load_.rooms};
  for (const std::string& result : results_) {
    archive_reader in{result};
    measurement part;
    part.load(in);
    outcome_.found.merge(std::move(part));
    delivery_record record;
    record.load(in);
    checker.add(std::move(record));
  }
  outcome_.verdict = checker.judge(outcome_.found.ledger);
  line_.clear();
  return std::move(outcome_);
}

void conductor::pump(nanoseconds limit, std::string_view stage) {
  group_->pump(limit, [this](std::uint32_t thread, const note& received) {
    note_received(thread, received);
  });
  if (interruption::has_come())
    throw cannot_run{"interrupted"};
  const progress now = total();
  std::string text =
      fmt::format("{}: {} of {} joined", stage, grouped(now.joined), grouped(load_.connections));
  if (now.failed > 0)
    text += fmt::format(", {} failed", grouped(now.failed));
  if (now.sent > 0)
    text += fmt::format(", {} sent, {} answered, {} delivered", grouped(now.sent),
                        grouped(now.answered), grouped(now.deliveries));
  if (now.hall_entered > 0)
    text += fmt::format(", {} entered", grouped(now.hall_entered));
  if (now.hall_heard > 0)
    text += fmt::format(", {} reached", grouped(now.hall_heard));
  if (now.closed + now.surprises > 0)
    text += fmt::format(", {} closed, {} unexpected", grouped(now.closed), grouped(now.surprises));
  line_.show(text);
}

void conductor::note_received(std::uint32_t thread, const note& received) {
  if (received.kind == note_kind::progress)
    archive_reader{received.body}.get(progress_[thread]);
  else if (received.kind == note_kind::result)
    results_[thread] = received.body;
}

progress conductor::total() const noexcept {
  progress sum;
  for (const progress& each : progress_)
    sum.add(each);
  return sum;
}

} // namespace lintel::loadgen
