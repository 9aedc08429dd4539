#include "app/metrics_history.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

using lintel::actors::counter;
using lintel::app::metrics;
using lintel::app::metrics_history;
using lintel::base::latency_histogram;
using namespace std::chrono_literals;

namespace {

constexpr metrics_history::clock::time_point start{1h};

metrics at(std::chrono::milliseconds since_start, std::uint64_t restarts) {
  metrics m;
  m.at = start + since_start;
  m.counters[static_cast<std::size_t>(counter::restarts)] = restarts;
  return m;
}

// One worker whose turns took so long, each once.
metrics with_lag(std::chrono::milliseconds since_start, std::vector<std::chrono::microseconds> turns) {
  auto m = at(since_start, 0);
  latency_histogram lag;
  for (const auto took : turns)
    lag.record(took);
  m.worker_lag = {lag.read()};
  return m;
}

rapidjson::Document json_of(const metrics_history& past) {
  rapidjson::Document document;
  document.Parse(past.json().c_str());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

} // namespace

TEST_CASE("restarts per minute are those of the last 60 s, whoever looks and when") {
  metrics_history past;
  CHECK(past.restarts_per_minute(7) == 7); // younger than a minute: all there were
  for (int second = 0; second <= 100; ++second)
    past.add(at(second * 1000ms, static_cast<std::uint64_t>(second) * 10), {});
  CHECK(past.restarts_per_minute(1000) == 600);
  CHECK(past.restarts_per_minute(1005) == 605);
}

TEST_CASE("samples that come a little late make no minute shorter") {
  metrics_history past;
  for (int i = 0; i <= 120; ++i)
    past.add(at(i * 1003ms, static_cast<std::uint64_t>(i)), {});
  CHECK(past.restarts_per_minute(120) == 60);
}

TEST_CASE("restarts of one actor are counted by its name; a new one in its place begins anew") {
  metrics_history past;
  for (int second = 0; second <= 100; ++second)
    past.add(at(second * 1000ms, 0), {{"rooms/0", second < 90 ? 5u : 8u}, {"listener/0", 50u}});
  CHECK(past.restarts_per_minute("rooms/0", 8) == 3);
  CHECK(past.restarts_per_minute("listener/0", 50) == 0);
  CHECK(past.restarts_per_minute("listener/0", 2) == 2);
  CHECK(past.restarts_per_minute("rooms/1", 4) == 4);
}

TEST_CASE("the last five minutes are kept, oldest first") {
  metrics_history past;
  for (int second = 0; second < 400; ++second)
    past.add(at(second * 1000ms, static_cast<std::uint64_t>(second)), {});
  const auto told = json_of(past);
  CHECK(told["interval_ms"].GetInt() == 1000);
  const auto samples = told["samples"].GetArray();
  REQUIRE(samples.Size() == metrics_history::samples_max);
  CHECK(samples[0]["restarts"].GetInt() == 100);
  CHECK(samples[299]["restarts"].GetInt() == 399);
  CHECK(samples[1]["clock_ms"].GetInt64() - samples[0]["clock_ms"].GetInt64() == 1000);
  for (const auto* key : {"connections_open", "rooms", "deliveries", "messages_in", "resident_bytes", "cpu_seconds",
                          "outbox_bytes", "lag_p50_us", "lag_p99_us"})
    CHECK(samples[0].HasMember(key));
}

TEST_CASE("lag is that of the last second alone, from the first look on") {
  metrics_history past;
  CHECK_FALSE(past.last_lag());
  past.add(with_lag(0ms, {1s, 1s, 1s}), {}); // since start
  CHECK_FALSE(past.last_lag());
  past.add(with_lag(1000ms, {1s, 1s, 1s, 10us, 10us}), {});
  REQUIRE(past.last_lag());
  CHECK(past.last_lag()->at(0).count() == 2);
  CHECK(past.last_lag()->at(0).quantile_us(0.99) == 16);
  CHECK(past.last_lag()->at(0).max_us == 16);
  const auto told = json_of(past);
  CHECK(told["samples"][1]["lag_p99_us"].GetInt() == 16);
  past.add(with_lag(2000ms, {1s, 1s, 1s, 10us, 10us}), {});
  CHECK(past.last_lag()->at(0).quantile_us(0.99) == 0);
}
