// A server that is to be left: no more connections, and those that are here go a few at a time.

#include "actors/worker.hpp"
#include "gateway/listening_socket.hpp"
#include "gateway/socket_worker.hpp"

#include <chrono>
#include <vector>

namespace lintel::gateway {

using protocol::close_reason;

namespace {

// Often enough that those who come back elsewhere come in a stream, not in waves.
constexpr auto step = std::chrono::milliseconds{100};

} // namespace

void socket_worker::drain(listening_socket& door, std::size_t per_second) {
  if (is_draining_)
    return;
  is_draining_ = true;
  unwatch(door.fd());
  door.stop();
  const auto steps = std::chrono::seconds{1} / step;
  close_some(std::max<std::size_t>(1, per_second / static_cast<std::size_t>(steps)));
}

// Connections of the API stay: whoever drains wants to see how far it is. A handshake under way is seen to its end,
// and then closed as well.
void socket_worker::close_some(std::size_t count) {
  std::vector<connection*> leaving;
  bool are_there_more = false;
  table_.for_each([&](connection& c) {
    are_there_more = are_there_more || (c.at == connection::phase::handshaking && !c.is_kept_alive);
    if (c.at != connection::phase::open)
      return;
    if (leaving.size() < count)
      leaving.push_back(&c);
    else
      are_there_more = true;
  });
  for (auto* c : leaving)
    begin_closing(*c, close_reason::shutting_down);
  if (are_there_more)
    actors::worker::current()->call_after(step, [this, count] { close_some(count); });
}

} // namespace lintel::gateway
