#include "loadgen/scenario.hpp"

#include "base/descriptor_limit.hpp"
#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lintel::loadgen {

namespace {

traffic_plan closed_loop(std::uint32_t senders, std::uint32_t outstanding) {
  traffic_plan plan;
  plan.how = traffic_plan::loop::closed;
  plan.sender_count = senders;
  plan.outstanding = outstanding;
  return plan;
}

traffic_plan open_loop(double rate, arrivals spacing) {
  traffic_plan plan;
  plan.how = traffic_plan::loop::open;
  plan.rate = rate;
  plan.spacing = spacing;
  return plan;
}

traffic_plan ping_loop() {
  traffic_plan plan = closed_loop(100, 1);
  plan.completes_on = traffic_plan::completion::reply;
  plan.event = "ping";
  plan.is_broadcast = false;
  return plan;
}

traffic_plan traffic_of(const scenario& wanted, workload& load) {
  switch (wanted.kind) {
  case scenario_kind::idle:
  case scenario_kind::churn:
  case scenario_kind::publish: return {};
  case scenario_kind::chat:
  case scenario_kind::chaos:
  case scenario_kind::million:
  case scenario_kind::witness:
  case scenario_kind::recover: return open_loop(wanted.rate, wanted.spacing);
  case scenario_kind::fanout: break;
  }
  for (const fan_workload& each : fan_workloads())
    if (each.name == wanted.fan_workload) {
      load.connections = each.connections;
      load.rooms = each.rooms;
      return each.traffic;
    }
  throw cannot_run{fmt::format("there is no workload \"{}\"", wanted.fan_workload)};
}

void require(bool holds, const std::string& otherwise) {
  if (!holds)
    throw cannot_run{otherwise};
}

void require_sense(const scenario& wanted, const workload& load) {
  require(load.connections >= 1, "--connections must be at least 1");
  require(load.rooms >= 1 && load.rooms <= load.connections,
          fmt::format("--rooms must be between 1 and the {} connections", load.connections));
  require(
      wanted.payload_bytes >= payload_bytes_min,
      fmt::format("--payload must be at least {} bytes: sender, sequence and time travel in it", payload_bytes_min));
  require(wanted.duration > nanoseconds{0}, "--duration must be positive");
  require(wanted.heartbeat_interval > nanoseconds{0}, "--heartbeat-interval must be positive");
  require(load.traffic.how != traffic_plan::loop::open || wanted.rate > 0, "--rate must be positive");
}

} // namespace

const std::vector<fan_workload>& fan_workloads() {
  static const std::vector<fan_workload> rows{
      {"fan-1000", "one room of 1,000; one sender, 4 outstanding", 1000, 1, closed_loop(1, 4)},
      {"fan-10k", "one room of 10,000; one sender, 2 outstanding", 10'000, 1, closed_loop(1, 2)},
      {"fan-rooms10", "100 rooms of 10; 100 senders, 1 outstanding each", 1000, 100, closed_loop(100, 1)},
      {"lat-100x50", "one room of 100; 50 messages/s, open loop", 100, 1, open_loop(50, arrivals::even)},
      {"rpc-100", "100 connections, event `ping`, 1 outstanding each", 100, 100, ping_loop()},
  };
  return rows;
}

workload workload_of(const scenario& wanted) {
  const endpoint target = resolve(wanted.target);
  workload load{.target = target,
                .sources = source_addresses{target, 0, std::nullopt},
                .connections = wanted.connections,
                .rooms = wanted.rooms,
                .topic_prefix = wanted.topic_prefix,
                .connect_rate = wanted.connect_rate,
                .heartbeat_interval = wanted.heartbeat_interval,
                .traffic = {}};
  load.traffic = traffic_of(wanted, load);
  load.traffic.payload_bytes = wanted.payload_bytes;
  load.traffic.seed = wanted.seed;
  if (load.traffic.event.empty())
    load.traffic.event = wanted.event;
  require_sense(wanted, load);

  const std::uint64_t per_thread_max =
      std::max<std::uint64_t>(base::raise_descriptor_limit(), descriptors_spare + 1) - descriptors_spare;
  const auto needed = static_cast<std::uint32_t>((load.connections + per_thread_max - 1) / per_thread_max);
  load.threads = wanted.threads.value_or(needed);
  require(load.threads >= needed && load.threads <= load.connections,
          fmt::format("{} connections need between {} and {} --threads ({} descriptors per thread)", load.connections,
                      needed, load.connections, per_thread_max));
  load.sources = source_addresses{target, load.connections, wanted.source_addresses};
  return load;
}

std::uint64_t kept_of(const scenario& wanted) {
  constexpr std::uint64_t kept_in_logs = 100'000;
  constexpr std::uint64_t kept_in_rooms = 100;
  return wanted.publish.kept.value_or(wanted.topic_prefix.starts_with("log:") ? kept_in_logs : kept_in_rooms);
}

std::optional<nanoseconds> duration_of(std::string_view text) {
  const std::string number{text};
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  const std::string_view unit{end};
  if (end == number.c_str() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  const auto span_of = [&](double seconds_per_unit) {
    constexpr double longest = 1e9; // 30 years: more would overflow, and is a typing error anyway
    const double span = std::min(value * seconds_per_unit, longest);
    return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(span));
  };
  if (unit == "ms")
    return span_of(1e-3);
  if (unit == "s" || unit.empty())
    return span_of(1);
  if (unit == "m")
    return span_of(60);
  if (unit == "h")
    return span_of(3600);
  return std::nullopt;
}

} // namespace lintel::loadgen
