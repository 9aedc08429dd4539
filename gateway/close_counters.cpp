#include "gateway/close_counters.hpp"

#include "actors/worker.hpp"

namespace lintel::gateway {

using actors::counter;
using protocol::close_reason;

namespace {

// The reasons from idle to slow_consumer have counters in the same order.
constexpr auto first_reason = static_cast<int>(close_reason::idle);
constexpr auto last_reason = static_cast<int>(close_reason::slow_consumer);
constexpr auto first_counter = static_cast<int>(counter::closed_idle);
static_assert(static_cast<int>(counter::closed_slow_consumer) - first_counter == last_reason - first_reason);

} // namespace

void count_closed(close_reason reason) {
  if (reason == close_reason::client_closed || reason == close_reason::client_gone)
    return;
  auto& counters = actors::worker::current()->counters();
  counters.add(counter::sockets_closed_by_server);
  if (const auto which = static_cast<int>(reason); which >= first_reason && which <= last_reason)
    counters.add(static_cast<counter>(first_counter + which - first_reason));
}

} // namespace lintel::gateway
