#include "loadgen/leak_check.hpp"

#include <fmt/format.h>

namespace lintel::loadgen {

namespace {

constexpr double mebibyte = 1024.0 * 1024.0;

void add_flat_check(report& into, const std::string& name, std::optional<std::uint64_t> before,
                    std::optional<std::uint64_t> after) {
  if (!before || !after)
    return into.check(name, report::verdict::failed, "/proc does not let us look");
  into.check(name, report::judge(*after <= *before), fmt::format("{} before, {} after", *before, *after));
}

void add_memory_check(report& into, std::optional<std::uint64_t> before, std::optional<std::uint64_t> after) {
  if (!before || !after || *before == 0)
    return into.check("resident memory", report::verdict::failed, "/proc does not let us look");
  const double was = static_cast<double>(*before);
  const double growth = static_cast<double>(*after) / was - 1;
  into.check("resident memory", report::judge(growth <= rss_growth_max),
             fmt::format("{:.1f} MiB before, {:.1f} MiB after ({:+.1f} %, {:.0f} % allowed)", was / mebibyte,
                         static_cast<double>(*after) / mebibyte, growth * 100, rss_growth_max * 100));
}

std::optional<std::uint64_t> count_of(std::int64_t level) { return static_cast<std::uint64_t>(level); }

} // namespace

server_holdings server_holdings::of(const server_process& process, control_client& control) {
  return {.rss_bytes = process.rss_bytes(),
          .pss_bytes = process.pss_bytes(),
          .descriptors = process.descriptors(),
          .threads = process.threads(),
          .levels = control.levels()};
}

void add_leak_checks(report& into, const server_holdings& before, const server_holdings& after) {
  add_memory_check(into, before.rss_bytes, after.rss_bytes);
  add_flat_check(into, "file descriptors", before.descriptors, after.descriptors);
  add_flat_check(into, "threads", before.threads, after.threads);
  const auto& then = before.levels;
  const auto& now = after.levels;
  add_flat_check(into, "light processes", count_of(then.processes_alive), count_of(now.processes_alive));
  add_flat_check(into, "connections open", count_of(then.connections_open), count_of(now.connections_open));
  add_flat_check(into, "rooms", count_of(then.rooms), count_of(now.rooms));
  add_flat_check(into, "timers", count_of(then.timers), count_of(now.timers));
  add_flat_check(into, "entries of the deadline wheels", count_of(then.deadlines), count_of(now.deadlines));
}

} // namespace lintel::loadgen
