#include "loadgen/churn.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/churn_crowd.hpp"
#include "loadgen/findings.hpp"
#include "loadgen/interruption.hpp"
#include "loadgen/leak_check.hpp"
#include "loadgen/progress_line.hpp"
#include "loadgen/server_watch.hpp"
#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <thread>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

// Ports of a closed connection rest for a minute; 20,000 connections per address and minute are far from all of them.
constexpr std::uint32_t source_addresses_default = 16;

// The server gives memory back after five quiet seconds (actors/overseer.cpp); two more for what that takes.
constexpr auto trim_patience = 7s;

void require_sense(const scenario& wanted, const server_watch& watch) {
  if (!watch.control || !watch.process)
    throw cannot_run{"churn looks into the server before and after: give its control socket, --control PATH"};
  if (wanted.rooms < 1 || wanted.churn.concurrency < 1 || wanted.churn.cycles < 1)
    throw cannot_run{"--cycles, --concurrency and --rooms must be at least 1"};
}

void add_settings(report& into, const scenario& wanted) {
  into.setting("target", wanted.target);
  into.setting("cycles", fmt::format("{}, {} at a time, after {} to warm up", grouped(wanted.churn.cycles),
                                     wanted.churn.concurrency, grouped(wanted.churn.warm_up_cycles)));
  into.setting("rooms", std::to_string(wanted.rooms));
  into.setting("seed", std::to_string(wanted.seed));
}

void add_figures(report& into, const churn_tally& tally, nanoseconds took, const server_holdings& before,
                 const server_holdings& after) {
  into.figure("cycles_per_s", static_cast<double>(tally.cycles) / seconds(took));
  for (std::size_t i = 0; i < parting_count; ++i)
    into.figure(fmt::format("left_by_{}", name_of(static_cast<parting>(i))), static_cast<double>(tally.left_by[i]));
  if (before.pss_bytes && after.pss_bytes) {
    into.figure("server_pss_before_bytes", static_cast<double>(*before.pss_bytes));
    into.figure("server_pss_after_bytes", static_cast<double>(*after.pss_bytes));
  }
}

/// One server, looked at while nobody is there and while very many come and go.
class churn_run {
public:
  churn_run(const scenario& wanted, server_watch& watch)
      : wanted_(wanted), watch_(watch), target_(resolve(wanted.target)),
        sources_(target_, wanted.churn.concurrency,
                 wanted.source_addresses.value_or(target_.is_loopback_v4() ? source_addresses_default : 0)),
        plan_(wanted.seed, wanted.rooms), untouched_(watch.control->levels()) {}

  /// Lives the lives [first, first + count). How long that took.
  nanoseconds live(std::uint64_t first, std::uint64_t count, churn_tally& tally) {
    churn_context context{.target = target_,
                          .sources = sources_,
                          .plan = plan_,
                          .tally = tally,
                          .request = upgrade_request(wanted_.target),
                          .input = std::vector<char>(input_bytes)};
    const auto started = clock::now();
    churn_crowd{wanted_.churn.concurrency, context}.run(
        first, count, [&](std::uint64_t begun) { look(fmt::format("{} of {} connections", begun, count)); });
    return clock::now() - started;
  }

  /// Waits until the server holds no more than when it was untouched, or it is clear that it will; then looks.
  server_holdings settle() {
    const auto deadline = clock::now() + wanted_.churn.settle_max;
    for (auto now = watch_.control->levels(); !now.is_within(untouched_) && clock::now() < deadline;) {
      look(fmt::format("settling: {} connections open, {} light processes, {} deadlines", now.connections_open,
                       now.processes_alive, now.deadlines));
      std::this_thread::sleep_for(100ms);
      now = watch_.control->levels();
    }
    for (const auto quiet = clock::now() + trim_patience; clock::now() < quiet; std::this_thread::sleep_for(100ms))
      look("waiting until memory is given back");
    line_.clear();
    return server_holdings::of(*watch_.process, *watch_.control);
  }

private:
  static constexpr std::size_t input_bytes = 64 * 1024;

  void look(const std::string& what) {
    if (interruption::has_come())
      throw cannot_run{"interrupted"};
    line_.show(what);
  }

  const scenario& wanted_;
  server_watch& watch_;
  const endpoint target_;
  const source_addresses sources_;
  const churn_plan plan_;
  const server_levels untouched_;
  progress_line line_;
};

} // namespace

void add_churn_checks(report& into, const churn_tally& tally, std::uint64_t cycles) {
  into.check("every connection lived as planned", report::judge(tally.cycles == cycles && tally.failures == 0),
             tally.failures == 0
                 ? fmt::format("{} of {}", grouped(tally.cycles), grouped(cycles))
                 : fmt::format("{} of {}; first: {}", grouped(tally.cycles), grouped(cycles), tally.first_failure));
  const auto settled = tally.answered_ok + tally.answered_with_error + tally.closed;
  into.check("every push was settled once",
             report::judge(settled == tally.pushes && tally.unanswered == 0 && tally.answered_again == 0),
             fmt::format("{} pushes: {} answered ok, {} with an error, {} ended by a close, {} unanswered, {} answered "
                         "again",
                         grouped(tally.pushes), grouped(tally.answered_ok), grouped(tally.answered_with_error),
                         grouped(tally.closed), grouped(tally.unanswered), grouped(tally.answered_again)));
}

report run_churn(const scenario& wanted) {
  auto watch = server_watch::open(wanted);
  require_sense(wanted, watch);
  report found{"churn"};
  add_settings(found, wanted);

  churn_run run{wanted, watch};
  churn_tally warm_up, tally;
  run.live(0, wanted.churn.warm_up_cycles, warm_up);
  const auto before = run.settle();
  const auto counted_before = watch.control->counters();
  const auto took = run.live(wanted.churn.warm_up_cycles, wanted.churn.cycles, tally);
  const auto after = run.settle();
  const auto counted = watch.control->counters();

  add_figures(found, tally, took, before, after);
  add_churn_checks(found, tally, wanted.churn.cycles);
  add_leak_checks(found, before, after);
  add_equal_check(found, "actors that crashed", counted.crashes - counted_before.crashes, 0);
  add_equal_check(found, "messages the server did not handle", counted.unhandled, 0);
  return found;
}

} // namespace lintel::loadgen
