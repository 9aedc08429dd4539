#include "app/metrics.hpp"

#include "actors/messages.hpp"
#include "app/server_parts.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace lintel::app {

namespace {

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

std::uint64_t resident_bytes() {
  auto* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr)
    return 0; // no descriptor left: the other figures are worth having
  unsigned long long total = 0;
  unsigned long long resident = 0;
  const bool is_read = std::fscanf(file, "%llu %llu", &total, &resident) == 2;
  std::fclose(file);
  return is_read ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

// Two counters of different workers are read one after the other: the difference may be off by what happens between.
std::uint64_t difference(std::uint64_t more, std::uint64_t less) { return more > less ? more - less : 0; }

} // namespace

metrics read_metrics(server_parts& parts) {
  metrics m;
  auto& pool = parts.runtime.pool();
  for (std::size_t i = 0; i < actors::counter_count; ++i)
    m.counters[i] = pool.total(static_cast<actors::counter>(i));
  const auto count = [&m](actors::counter which) { return m.counters[static_cast<std::size_t>(which)]; };
  for (std::size_t i = 0; i < actors::process_class_count; ++i) {
    const auto& times = pool.times().of(static_cast<actors::process_class>(i));
    m.classes[i] = {times.queue.read(), times.handler.read()};
  }
  for (std::size_t i = 0; i < pool.size(); ++i)
    m.worker_lag.push_back(pool.at(i).lag().read());
  m.rooms = parts.room_count();
  m.connections_open =
      difference(count(actors::counter::connections_opened), count(actors::counter::connections_closed));
  m.requests_in_flight = actors::client_request::in_flight();
  m.outbox_bytes = difference(count(actors::counter::outbox_bytes_queued),
                              count(actors::counter::outbox_bytes_sent) + count(actors::counter::outbox_bytes_dropped));
  m.at = std::chrono::steady_clock::now();
  m.resident_bytes = resident_bytes();
  m.log = parts.log ? &parts.log->stats() : nullptr;
  m.shelf_bytes = parts.shelf.resting_bytes();
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  m.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  return m;
}

} // namespace lintel::app
