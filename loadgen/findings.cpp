#include "loadgen/findings.hpp"

#include <fmt/format.h>

namespace lintel::loadgen {

namespace {

double microseconds(nanoseconds span) {
  return seconds(span) * 1e6;
}

std::string with_example(std::uint64_t count, const std::string& example) {
  return example.empty() ? grouped(count) : fmt::format("{}; first: {}", grouped(count), example);
}

void add_zero_check(report& into, std::string name, std::uint64_t count,
                    const std::string& example) {
  into.check(std::move(name), report::judge(count == 0), with_example(count, example));
}

} // namespace

void add_settings(report& into, const workload& load) {
  into.setting("target", load.target.name);
  into.setting("connections", grouped(load.connections));
  into.setting("rooms", grouped(load.rooms));
  into.setting("generator threads", grouped(load.threads));
  into.setting("source addresses",
               load.sources.count() == 0 ? "chosen by the kernel" : grouped(load.sources.count()));
  if (load.traffic.how == traffic_plan::loop::silent)
    return;
  into.setting("payload", fmt::format("{} bytes", load.traffic.payload_bytes));
  into.setting("seed", std::to_string(load.traffic.seed));
  if (load.traffic.how == traffic_plan::loop::open)
    into.setting("load", fmt::format("open loop, {} messages/s, {} arrivals", load.traffic.rate,
                                     load.traffic.spacing == arrivals::even ? "even" : "Poisson"));
  else
    into.setting("load", fmt::format("closed loop, {} senders, {} outstanding each",
                                     grouped(load.traffic.sender_count), load.traffic.outstanding));
}

void add_join_figures(report& into, const run_outcome& outcome, const workload& load) {
  const measurement& found = outcome.found;
  if (load.connect_rate > 0) {
    into.note(fmt::format("connections were opened at {}/s (--connect-rate): no handshake rate",
                          load.connect_rate));
  } else if (found.connect_cpu_share > saturation_guard::cpu_share_max) {
    into.note(fmt::format(
        "a generator thread used {:.0f} % of a core while connecting: no handshake rate; "
        "use more --threads",
        found.connect_cpu_share * 100));
  } else {
    into.figure("handshakes_per_s", found.joined_count / seconds(found.connect_wall));
  }
  add_latency(into, "join", found.join_latency);
  if (outcome.connect_cpu && found.joined_count > 0)
    into.figure("server_cpu_per_join_us", microseconds(*outcome.connect_cpu) / found.joined_count);
}

void add_connection_checks(report& into, const measurement& found, const workload& load) {
  std::string detail =
      fmt::format("{} of {}", grouped(found.joined_count), grouped(load.connections));
  if (!found.first_failure.empty())
    detail += fmt::format("; first failure: {}", found.first_failure);
  into.check("every connection joined", report::judge(found.joined_count == load.connections),
             detail);
  std::string codes;
  for (const auto& [code, count] : found.closes)
    codes += fmt::format("{}{} with code {}", codes.empty() ? "" : ", ", grouped(count), code);
  add_zero_check(into, "sockets closed by the server", found.closed_count(), codes);
  for (std::size_t i = 0; i < surprise_count; ++i) {
    const auto kind = static_cast<surprise>(i);
    // Repeated replies have a check of their own beside the other answers.
    if (found.unexpected.count(kind) > 0 && kind != surprise::repeated_reply)
      add_zero_check(into, std::string{name_of(kind)}, found.unexpected.count(kind),
                     found.unexpected.example(kind));
  }
  if (found.unexpected.total() == 0)
    into.check("unexpected frames", report::verdict::passed, "0");
}

void add_answer_checks(report& into, const run_outcome& outcome, answers wanted) {
  const delivery_verdict& verdict = outcome.verdict;
  if (wanted != answers::not_required) {
    const std::uint64_t repeated = outcome.found.unexpected.count(surprise::repeated_reply);
    const bool is_exact = verdict.unanswered == 0 && repeated == 0;
    into.check(
        "every push answered exactly once", report::judge(is_exact),
        fmt::format("{} pushes, {} answered ok, {} answered with an error, {} unanswered, {} "
                    "answered again",
                    grouped(verdict.pushes), grouped(verdict.answered_ok),
                    grouped(verdict.answered_error), grouped(verdict.unanswered),
                    grouped(repeated)));
  }
  if (wanted == answers::all_ok)
    add_zero_check(into, "pushes answered with an error", verdict.answered_error, {});
}

void add_delivery_checks(report& into, const run_outcome& outcome) {
  const delivery_verdict& verdict = outcome.verdict;
  if (!outcome.has_drained)
    into.note("nothing moved for 5 s after the last message, and some answer or delivery was still "
              "missing");
  into.check("messages lost", report::judge(verdict.lost == 0),
             with_example(verdict.lost, verdict.first_loss) +
                 fmt::format(" (of {} deliveries expected)", grouped(verdict.expected)));
  add_zero_check(into, "messages duplicated", verdict.duplicated, verdict.first_duplicate);
  add_zero_check(into, "messages reordered", verdict.reordered, verdict.first_reorder);
  add_zero_check(into, "messages nobody sent", verdict.foreign, verdict.first_foreign);
  if (verdict.unjudged > 0)
    add_zero_check(into, "members with too many deviations to judge", verdict.unjudged, {});
}

void add_equal_check(report& into, std::string name, std::int64_t counted, std::uint64_t wanted) {
  into.check(std::move(name), report::judge(counted == static_cast<std::int64_t>(wanted)),
             fmt::format("{} counted, {} expected", counted, wanted));
}

void add_latency(report& into, const std::string& prefix, const histogram& latency) {
  if (latency.count() == 0)
    return;
  const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e3; };
  into.figure(prefix + "_p50_us", us(latency.percentile(50)));
  into.figure(prefix + "_p90_us", us(latency.percentile(90)));
  into.figure(prefix + "_p99_us", us(latency.percentile(99)));
  into.figure(prefix + "_p999_us", us(latency.percentile(99.9)));
  into.figure(prefix + "_max_us", us(latency.max()));
}

void add_message_rates(report& into, const phase_figures& phase) {
  const auto per_second = [&](std::uint64_t count) {
    return static_cast<double>(count) / seconds(phase.wall);
  };
  into.figure("messages_per_s", per_second(phase.sent));
  into.figure("replies_per_s", per_second(phase.answered));
  if (phase.deliveries > 0)
    into.figure("deliveries_per_s", per_second(phase.deliveries));
}

generator_load busy_of(const phase_figures& phase, const workload& load) {
  const auto span = [](std::uint64_t ns) { return nanoseconds{static_cast<std::int64_t>(ns)}; };
  return {.how = load.traffic.how,
                            .cpu_share = phase.cpu_share,
                            .lateness_p99 = span(phase.lateness.percentile(99)),
                            .loop_lag_p99 = span(phase.loop_lag.percentile(99)),
                            .unread_bytes_p99 = phase.unread_bytes.percentile(99)};
}

void guard_saturation(report& into, const phase_figures& phase, const workload& load) {
  const generator_load busy = busy_of(phase, load);
  if (auto objection = saturation_guard::objection(busy))
    into.withhold_figures(*std::move(objection));
  into.note(fmt::format(
      "generator: {:.0f} % of a core, sends {:.2f} ms late and loop {:.2f} ms late at p99, "
      "{} bytes unread per socket at p99",
      busy.cpu_share * 100, seconds(busy.lateness_p99) * 1e3, seconds(busy.loop_lag_p99) * 1e3,
      grouped(busy.unread_bytes_p99)));
}

} // namespace lintel::loadgen
