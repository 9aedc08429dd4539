#include "app/metrics_history.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace lintel::app {

namespace {

constexpr auto minute = std::chrono::seconds{60};

// A sample a second is never exactly a second after the other: the one of a minute ago may be a little younger.
constexpr auto tolerance = metrics_history::interval / 2;

std::uint64_t growth(std::uint64_t now, std::uint64_t before) {
  return now >= before ? now - before : now; // fewer: another actor has come in its place
}

} // namespace

void metrics_history::add(const metrics& now, restart_counts restarts) {
  const auto count = [&now](actors::counter which) { return now.counters[static_cast<std::size_t>(which)]; };
  sample next{.at = now.at,
              .connections_open = now.connections_open,
              .rooms = now.rooms,
              .deliveries = count(actors::counter::deliveries),
              .messages_in = count(actors::counter::messages_in),
              .restarts = count(actors::counter::restarts),
              .resident_bytes = now.resident_bytes,
              .outbox_bytes = now.outbox_bytes,
              .cpu_seconds = now.cpu_seconds,
              .lag_p50_us = 0,
              .lag_p99_us = 0,
              .restarts_by_name = std::move(restarts)};
  std::lock_guard lock{mutex_};
  lag_of_second_.clear();
  for (std::size_t i = 0; i < now.worker_lag.size(); ++i) {
    const auto lag = i < lag_of_all_.size() ? now.worker_lag[i].since(lag_of_all_[i]) : now.worker_lag[i];
    next.lag_p50_us = std::max(next.lag_p50_us, lag.quantile_us(0.5));
    next.lag_p99_us = std::max(next.lag_p99_us, lag.quantile_us(0.99));
    lag_of_second_.push_back(lag);
  }
  lag_of_all_ = now.worker_lag;
  samples_.push_back(std::move(next));
  if (samples_.size() > samples_max)
    samples_.pop_front();
  for (auto it = samples_.rbegin(); it != samples_.rend(); ++it)
    if (now.at - it->at > minute + 2 * interval && std::exchange(it->restarts_by_name, {}).empty())
      break; // so are those before
}

// The newest one that is a minute old, or the first of all.
const metrics_history::sample* metrics_history::minute_ago() const {
  const auto since = samples_.empty() ? clock::time_point{} : samples_.back().at - minute + tolerance;
  const auto later = std::ranges::upper_bound(samples_, since, {}, &sample::at);
  return later == samples_.begin() ? nullptr : &*std::prev(later);
}

std::uint64_t metrics_history::restarts_per_minute(std::uint64_t total) const {
  std::lock_guard lock{mutex_};
  const auto* then = minute_ago();
  return growth(total, then == nullptr ? 0 : then->restarts);
}

std::uint64_t metrics_history::restarts_per_minute(std::string_view name, std::uint64_t total) const {
  std::lock_guard lock{mutex_};
  const auto* then = minute_ago();
  if (then == nullptr)
    return total;
  const auto found = then->restarts_by_name.find(name);
  return growth(total, found == then->restarts_by_name.end() ? 0 : found->second);
}

std::optional<std::vector<base::latency_histogram::snapshot>> metrics_history::last_lag() const {
  std::lock_guard lock{mutex_};
  return samples_.size() < 2 ? std::nullopt : std::optional{lag_of_second_};
}

std::string metrics_history::json() const {
  std::lock_guard lock{mutex_};
  std::string out = R"({"interval_ms":1000,"samples":[)";
  for (const auto& s : samples_) {
    fmt::format_to(std::back_inserter(out),
                   R"({}{{"clock_ms":{},"connections_open":{},"rooms":{},"deliveries":{},"messages_in":{},)"
                   R"("restarts":{},"resident_bytes":{},"cpu_seconds":{:.3f},"outbox_bytes":{},)"
                   R"("lag_p50_us":{},"lag_p99_us":{}}})",
                   &s == &samples_.front() ? "" : ",",
                   std::chrono::floor<std::chrono::milliseconds>(s.at.time_since_epoch()).count(), s.connections_open,
                   s.rooms, s.deliveries, s.messages_in, s.restarts, s.resident_bytes, s.cpu_seconds, s.outbox_bytes,
                   s.lag_p50_us, s.lag_p99_us);
  }
  return out + "]}";
}

} // namespace lintel::app
