#include "loadgen/measurement.hpp"

#include <algorithm>

namespace lintel::loadgen {

void phase_figures::merge(const phase_figures& other) {
  sent += other.sent;
  answered += other.answered;
  deliveries += other.deliveries;
  heartbeats += other.heartbeats;
  delivery_latency.merge(other.delivery_latency);
  reply_latency.merge(other.reply_latency);
  lateness.merge(other.lateness);
  loop_lag.merge(other.loop_lag);
  unread_bytes.merge(other.unread_bytes);
  wall = std::max(wall, other.wall);
  cpu = std::max(cpu, other.cpu);
  cpu_share = std::max(cpu_share, other.cpu_share);
}

void phase_figures::save(archive_writer& out) const {
  out.put(sent);
  out.put(answered);
  out.put(deliveries);
  out.put(heartbeats);
  for (const histogram* each :
       {&delivery_latency, &reply_latency, &lateness, &loop_lag, &unread_bytes})
    each->save(out);
  out.put(wall);
  out.put(cpu);
  out.put(cpu_share);
}

void phase_figures::load(archive_reader& in) {
  in.get(sent);
  in.get(answered);
  in.get(deliveries);
  in.get(heartbeats);
  for (histogram* each : {&delivery_latency, &reply_latency, &lateness, &loop_lag, &unread_bytes})
    each->load(in);
  in.get(wall);
  in.get(cpu);
  in.get(cpu_share);
}

void measurement::merge(measurement&& other) {
  joined_count += other.joined_count;
  failed_count += other.failed_count;
  if (first_failure.empty())
    first_failure = other.first_failure;
  join_latency.merge(other.join_latency);
  connect_wall = std::max(connect_wall, other.connect_wall);
  connect_cpu_share = std::max(connect_cpu_share, other.connect_cpu_share);
  phases.resize(std::max(phases.size(), other.phases.size()));
  for (std::size_t i = 0; i < other.phases.size(); ++i)
    phases[i].merge(other.phases[i]);
  for (const auto& [code, count] : other.closes)
    closes[code] += count;
  hall_latency.merge(other.hall_latency);
  hall_repeated += other.hall_repeated;
  hall_wall = std::max(hall_wall, other.hall_wall);
  unexpected.merge(other.unexpected);
  ledger.append(std::move(other.ledger));
}

std::uint64_t measurement::closed_count() const noexcept {
  std::uint64_t total = 0;
  for (const auto& [code, count] : closes)
    total += count;
  return total;
}

void measurement::save(archive_writer& out) const {
  out.put(joined_count);
  out.put(failed_count);
  out.put(first_failure);
  join_latency.save(out);
  out.put(connect_wall);
  out.put(connect_cpu_share);
  out.put(phases.size());
  for (const phase_figures& phase : phases)
    phase.save(out);
  out.put(closes.size());
  for (const auto& [code, count] : closes) {
    out.put(code);
    out.put(count);
  }
  hall_latency.save(out);
  out.put(hall_repeated);
  out.put(hall_wall);
  unexpected.save(out);
  ledger.save(out);
}

void measurement::load(archive_reader& in) {
  in.get(joined_count);
  in.get(failed_count);
  in.get(first_failure);
  join_latency.load(in);
  in.get(connect_wall);
  in.get(connect_cpu_share);
  phases.resize(in.get<std::size_t>());
  for (phase_figures& phase : phases)
    phase.load(in);
  for (auto left = in.get<std::size_t>(); left > 0; --left) {
    const auto code = in.get<std::uint16_t>();
    in.get(closes[code]);
  }
  hall_latency.load(in);
  in.get(hall_repeated);
  in.get(hall_wall);
  unexpected.load(in);
  ledger.load(in);
}

} // namespace lintel::loadgen
