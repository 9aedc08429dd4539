// The text of `lintel ctl top`.

#include "app/ctl_text.hpp"
#include "app/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace lintel::app {

using rapidjson::Value;

namespace {

constexpr std::size_t workers_shown = 8;
constexpr std::size_t alarms_shown = 5;

// By the server's own clock: whoever asks may be late.
double seconds_between(const Value& before, const Value& now) {
  return (real(now["metrics"], "clock_ms") - real(before["metrics"], "clock_ms")) / 1000;
}

double per_second(const Value& before, const Value& now, const char* key, double seconds) {
  return seconds > 0 ? (real(now, key) - real(before, key)) / seconds : 0;
}

// CPU and memory of the process.
std::string process_line(const Value& before, const Value& now, double seconds) {
  const auto resident = static_cast<double>(number(now, "resident_bytes"));
  auto out = fmt::format("process: {:.1f} % of a core, {:.1f} MiB",
                         per_second(before, now, "cpu_seconds", seconds) * 100, resident / (1 << 20));
  if (const auto open = number(now, "connections_open"); open > 0)
    out += fmt::format(", {:.0f} bytes per connection", resident / static_cast<double>(open));
  return out + fmt::format(", {} bytes in outboxes, {} requests in flight\n", number(now, "outbox_bytes"),
                           number(now, "requests_in_flight"));
}

// How long a socket that is ready waited in the last second. Of many workers the worst; a server that has just started
// knows only the time since then.
std::string lag_lines(const Value& workers) {
  std::vector<rapidjson::SizeType> order;
  for (rapidjson::SizeType i = 0; i < workers.Size(); ++i)
    order.push_back(i);
  const auto lag_of = [&workers](rapidjson::SizeType i) -> const Value& {
    return workers[i].HasMember("lag_now") ? workers[i]["lag_now"] : workers[i]["lag"];
  };
  if (order.size() > workers_shown)
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](auto i) { return number(lag_of(i), "p99_us"); });
  std::string out;
  for (std::size_t i = 0; i < std::min(order.size(), workers_shown); ++i)
    out += fmt::format("worker {}: lag p50 {} us, p99 {} us, max {} us in the last second\n", order[i],
                       number(lag_of(order[i]), "p50_us"), number(lag_of(order[i]), "p99_us"),
                       number(lag_of(order[i]), "max_us"));
  if (order.size() > workers_shown)
    out += fmt::format("and {} more workers with less lag\n", order.size() - workers_shown);
  return out;
}

std::string alarm_lines(const Value& alarms) {
  std::string out;
  const auto table = text_of("alarms", alarms);
  std::size_t at = 0;
  for (std::size_t i = 0; i < alarms.Size() && i < alarms_shown; ++i) {
    const auto end = table.find('\n', at);
    out += "! " + table.substr(at, end - at) + '\n';
    at = end + 1;
  }
  if (alarms.Size() > alarms_shown)
    out += fmt::format("! and {} more; `alarms` lists them\n", alarms.Size() - alarms_shown);
  return out;
}

// Which workers are silent, beside the result: what they have is not in it.
std::string silence_line(const Value& answer) {
  const auto silent = answer.FindMember("workers_not_answering");
  if (silent == answer.MemberEnd() || silent->value.Empty())
    return {};
  std::string out = "! not answering within 2 s, and not among the connections below: worker";
  for (const auto& worker : silent->value.GetArray())
    out += fmt::format(" {}", worker.GetUint());
  return out + '\n';
}

} // namespace

std::string top_text(const Value& answer_before, const Value& answer_now) {
  const auto& before = answer_before["result"];
  const auto& now = answer_now["result"];
  const auto& then = before["counters"];
  const auto& counters = now["counters"];
  const auto seconds = seconds_between(before, now);
  const auto rate = [&](const char* key) { return per_second(then, counters, key, seconds); };
  auto out = fmt::format("{} connections in {} rooms   {:.0f} messages/s in   {:.0f} deliveries/s out   "
                         "{:.0f} restarts/s, {} in the last minute\n",
                         number(counters, "connections_open"), number(now, "rooms"), rate("messages_in"),
                         rate("deliveries"), rate("restarts"), number(now["metrics"], "restarts_per_minute"));
  out += fmt::format("since start: {} kills, {} crashes, {} abandoned, {} restarts, {} gave up, {} sockets closed by "
                     "the server\n",
                     number(counters, "kills"),
                     number(counters, "crashes") - std::min(number(counters, "crashes"), number(counters, "abandoned")),
                     number(counters, "abandoned"), number(counters, "restarts"), number(counters, "gave_up"),
                     number(counters, "sockets_closed_by_server"));
  if (now.HasMember("chaos"))
    out += text_of("chaos", now["chaos"]);
  if (now.HasMember("alarms"))
    out += alarm_lines(now["alarms"]);
  out += silence_line(answer_now);
  out += process_line(before["metrics"], now["metrics"], seconds);
  out += lag_lines(now["metrics"]["workers"]);
  return out + '\n' + text_of("connections", now["busiest"]);
}

} // namespace lintel::app
