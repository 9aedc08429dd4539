#include "actors/runtime_config.hpp"

#include "actors/worker_policy.hpp"

#include <caf/actor_system.hpp>

namespace lintel::actors {

namespace {

// CAF's default is no limit: an actor that always has mail would starve the others of its worker for ever.
// 100 messages of some microseconds keep everybody's wait below a millisecond.
constexpr std::size_t messages_per_turn = 100;

} // namespace

runtime_config::runtime_config(std::vector<std::unique_ptr<reactor>> reactors, std::size_t spare_threads,
                               stuck_limits limits)
    : pool_(std::make_unique<worker_pool>(std::move(reactors), spare_threads, limits)),
      exits_(std::make_unique<exit_reporter>(*pool_)) {
  set("scheduler.max-threads", pool_->seats());
  set("scheduler.max-throughput", messages_per_turn);
  load<caf::scheduler::coordinator<worker_policy>>();
}

worker_pool& runtime_config::pool_of(caf::actor_system& system) {
  return static_cast<const runtime_config&>(system.config()).pool();
}

exit_reporter& runtime_config::exits_of(caf::actor_system& system) {
  return *static_cast<const runtime_config&>(system.config()).exits_;
}

} // namespace lintel::actors
