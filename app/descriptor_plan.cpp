#include "app/descriptor_plan.hpp"

#include "actors/worker_pool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lintel::app {

namespace {

constexpr std::size_t workers_max = actors::worker_pool::workers_max;

// What a table holds beside connections: standard streams, control socket and its clients, logs, the store.
constexpr std::size_t descriptors_of_process = 96;
// And per worker: epoll, wake-up, listening socket, io_uring, and the three of Asio's context.
constexpr std::size_t descriptors_of_worker = 7;

constexpr std::size_t connections_unasked_max = 1'000'000;

// The kernel spreads connections over the listening sockets by a hash, so the fullest of 64 workers has up to four
// standard deviations more than its share: 540 of 18,000, three per cent. The rest is for growing unevenly later.
constexpr double fill_planned = 0.94;

std::size_t room_in(std::size_t table_size, std::size_t workers) {
  const auto taken = descriptors_of_process + descriptors_of_worker * workers;
  return table_size > taken ? table_size - taken : 1;
}

// Of a worker with a table of its own. It also has the copies of what was open when it left the shared one.
std::size_t planned_in_own_table(std::size_t table_size) {
  const auto planned = static_cast<std::size_t>(fill_planned * static_cast<double>(room_in(table_size, workers_max)));
  return std::max<std::size_t>(planned, 1);
}

} // namespace

descriptor_plan plan_descriptors(descriptor_wish wish, std::size_t cores, std::size_t table_size) {
  descriptor_plan plan;
  plan.workers = wish.workers != 0 ? wish.workers : std::clamp<std::size_t>(cores, 1, workers_max);
  if (plan.workers > workers_max) {
    plan.flaw = fmt::format("--workers must be at most {}", workers_max);
    return plan;
  }
  const auto shared = room_in(table_size, plan.workers);
  plan.connections_max = wish.connections != 0 ? wish.connections : std::min(shared, connections_unasked_max);
  if (plan.connections_max <= shared)
    return plan;

  plan.has_own_tables = true;
  const auto each = planned_in_own_table(table_size);
  const auto needed = (plan.connections_max + each - 1) / each;
  if (wish.workers == 0)
    plan.workers = std::max(plan.workers, needed);
  if (plan.workers < needed || needed > workers_max)
    plan.flaw = fmt::format("--max-connections {} needs {} workers with a descriptor table each ({} connections in a "
                            "table of {} descriptors), {}; raise the limit of open files (ulimit -Hn), or ask for at "
                            "most {} connections",
                            plan.connections_max, needed, each, table_size,
                            needed > workers_max ? fmt::format("and there are at most {}", workers_max)
                                                 : fmt::format("not --workers {}", plan.workers),
                            each * std::min(plan.workers, workers_max));
  return plan;
}

} // namespace lintel::app
