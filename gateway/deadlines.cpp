#include "gateway/deadlines.hpp"

namespace lintel::gateway {

using protocol::close_reason;

deadline next_deadline(const connection& c, const gateway_deadlines& limits) noexcept {
  // One tick more than the limit: a tick counts as past when it has begun.
  const auto after = [](quarter_ticks since, std::chrono::milliseconds limit) { return since + to_ticks(limit) + 1; };
  switch (c.at) {
  case connection::phase::handshaking:
    if (is_between_requests(c))
      return {after(c.phase_since, limits.idle), close_reason::served};
    return {after(c.phase_since, limits.handshake), close_reason::handshake_timeout};
  case connection::phase::asking: return {after(c.phase_since, limits.answer), close_reason::served};
  case connection::phase::answering:
    return c.stalled_since != 0 ? deadline{after(c.stalled_since, limits.write_stall), close_reason::served}
                                : deadline{after(c.phase_since, limits.idle), close_reason::served};
  case connection::phase::closing: return {after(c.phase_since, limits.closing), c.ending};
  case connection::phase::free:
  case connection::phase::open: break;
  }
  deadline first{after(c.last_received, limits.idle), close_reason::idle};
  const auto consider = [&](quarter_ticks since, std::chrono::milliseconds limit, close_reason reason) {
    if (since != 0 && after(since, limit) < first.at)
      first = {after(since, limit), reason};
  };
  consider(c.assembling_since, limits.assembly, close_reason::policy_violation);
  consider(c.stalled_since, limits.write_stall, close_reason::slow_consumer);
  return first;
}

} // namespace lintel::gateway
