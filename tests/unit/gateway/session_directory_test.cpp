#include "gateway/session_directory.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using lintel::actors::connection_id;
using lintel::gateway::session_directory;

namespace {

connection_id socket_number(std::uint32_t n) {
  connection_id made;
  made.slot = n;
  return made;
}

} // namespace

TEST_CASE("a session is whoever's who claimed it last") {
  session_directory all;
  const session_directory::time_point now{};
  CHECK(all.claim("s", socket_number(1), now) == std::nullopt);
  CHECK(all.claim("s", socket_number(2), now) == socket_number(1));
  all.release("s", socket_number(1)); // says nothing any more
  CHECK(all.claim("s", socket_number(3), now) == socket_number(2));
  all.release("s", socket_number(3));
  CHECK(all.claim("s", socket_number(4), now) == std::nullopt);
}

TEST_CASE("a session that moves without rest stays where it is until the window is over") {
  session_directory all;
  const session_directory::time_point now{};
  all.claim("s", socket_number(0), now);
  for (std::uint32_t n = 1; n <= session_directory::moves_max; ++n) {
    CHECK(all.may_claim("s", now + 1s));
    all.claim("s", socket_number(n), now + 1s);
  }
  CHECK_FALSE(all.may_claim("s", now + session_directory::window - 1ns));
  CHECK(all.may_claim("another", now + 1s));
  CHECK(all.may_claim("s", now + session_directory::window));
}

TEST_CASE("leaving and coming back is no move") {
  session_directory all;
  const session_directory::time_point now{};
  for (std::uint32_t n = 0; n <= 2 * session_directory::moves_max; ++n) {
    CHECK(all.may_claim("s", now));
    CHECK(all.claim("s", socket_number(n), now) == std::nullopt);
    all.release("s", socket_number(n));
  }
}
