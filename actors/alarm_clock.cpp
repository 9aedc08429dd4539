#include "actors/alarm_clock.hpp"

#include "actors/runtime_config.hpp"
#include "actors/worker_pool.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <algorithm>
#include <memory>

namespace lintel::actors {

using namespace std::chrono_literals;

namespace {

// An alarm that is later than this is taken for lost: with an incarnation that had it in hand, say. Should it still
// come, then one more look is all that it costs.
constexpr std::chrono::seconds lateness_max = 1s;

} // namespace

void alarm_clock::wake_at(light_process& whom, std::optional<time_point> when, time_point now) {
  if (!when)
    return;
  std::erase_if(under_way_, [&](time_point at) { return at < now - lateness_max; });
  if (!under_way_.empty() && under_way_.back() <= *when)
    return;
  under_way_.push_back(*when);
  const auto delay = std::max(*when - now, time_point::duration::zero());
  runtime_config::pool_of(whom.home_system()).call_after(delay, [whom = caf::weak_actor_ptr{whom.ctrl()}, at = *when] {
    if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(whom))
      static_cast<light_process*>(caf::actor_cast<caf::abstract_actor*>(alive))->post(std::make_unique<room_alarm>(at));
  });
}

} // namespace lintel::actors
