#include "gateway/deadlines.hpp"

#include <catch2/catch.hpp>

using namespace lintel::gateway;
using lintel::protocol::close_reason;
using namespace std::chrono_literals;
using phase = connection::phase;

namespace {

constexpr gateway_deadlines limits{
    .handshake = 5s, .answer = 10s, .idle = 60s, .assembly = 10s, .write_stall = 5s, .closing = 3s};

connection at(phase where, quarter_ticks since = 100) {
  connection c;
  c.at = where;
  c.phase_since = since;
  c.last_received = since;
  return c;
}

} // namespace

TEST_CASE("a duration is counted in whole quarters, rounded up") {
  CHECK(to_ticks(0ms) == 0);
  CHECK(to_ticks(1ms) == 1);
  CHECK(to_ticks(250ms) == 1);
  CHECK(to_ticks(251ms) == 2);
  CHECK(to_ticks(60s) == 240);
}

TEST_CASE("a handshake has its own deadline, whatever was received since") {
  auto c = at(phase::handshaking);
  c.last_received = 119;
  const auto next = next_deadline(c, limits);
  CHECK(next.at == 100 + 20 + 1);
  CHECK(next.reason == close_reason::handshake_timeout);
}

TEST_CASE("between two requests a kept connection may be idle, but not once another one has begun") {
  auto c = at(phase::handshaking);
  c.is_kept_alive = true;
  CHECK(is_between_requests(c));
  CHECK(next_deadline(c, limits).at == 100 + 240 + 1);
  CHECK(next_deadline(c, limits).reason == close_reason::served);
  c.unread = std::make_unique<std::string>("G");
  CHECK_FALSE(is_between_requests(c));
  CHECK(next_deadline(c, limits).at == 100 + 20 + 1);
  CHECK(next_deadline(c, limits).reason == close_reason::handshake_timeout);
}

TEST_CASE("an answer has its own deadline, and then the peer's reading of it") {
  auto c = at(phase::asking);
  c.last_received = 139;
  CHECK(next_deadline(c, limits).at == 100 + 40 + 1);
  c.at = phase::answering;
  c.stalled_since = 103;
  CHECK(next_deadline(c, limits).at == 103 + 20 + 1);
  CHECK(next_deadline(c, limits).reason == close_reason::served);
}

TEST_CASE("a closing connection waits for its peer no longer than the closing deadline") {
  auto c = at(phase::closing);
  c.ending = close_reason::slow_consumer;
  c.last_received = 111;
  c.stalled_since = 1;
  c.assembling_since = 1;
  const auto next = next_deadline(c, limits);
  CHECK(next.at == 100 + 12 + 1);
  CHECK(next.reason == close_reason::slow_consumer);
}

TEST_CASE("an open connection that is silent is idle; every byte received moves that") {
  auto c = at(phase::open);
  CHECK(next_deadline(c, limits).at == 100 + 240 + 1);
  CHECK(next_deadline(c, limits).reason == close_reason::idle);
  c.last_received = 150;
  CHECK(next_deadline(c, limits).at == 150 + 240 + 1);
}

TEST_CASE("a message that takes too long to arrive comes first, and bytes do not move it") {
  auto c = at(phase::open);
  c.assembling_since = 105;
  c.last_received = 140;
  CHECK(next_deadline(c, limits).at == 105 + 40 + 1);
  CHECK(next_deadline(c, limits).reason == close_reason::policy_violation);
}

TEST_CASE("of several deadlines the earliest counts") {
  auto c = at(phase::open);
  c.assembling_since = 100;
  c.stalled_since = 100;
  CHECK(next_deadline(c, limits).reason == close_reason::slow_consumer);
  c.stalled_since = 125;
  CHECK(next_deadline(c, limits).reason == close_reason::policy_violation);
  c.last_received = 1;
  auto short_idle = limits;
  short_idle.idle = 1s;
  CHECK(next_deadline(c, short_idle).reason == close_reason::idle);
}

TEST_CASE("looking at a deadline changes nothing and never says one that is earlier than the limit") {
  for (quarter_ticks since = 1; since < 50; ++since) {
    const auto c = at(phase::handshaking, since);
    // A tick may have begun just before `since` was noted: the limit is over one tick later.
    CHECK(next_deadline(c, limits).at >= since + to_ticks(limits.handshake) + 1);
  }
}
