#include "loadgen/channel.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace lintel::loadgen;

namespace {

std::array<int, 2> socket_pair() {
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  return ends;
}

} // namespace

TEST_CASE("notes arrive in order, empty ones included") {
  const auto ends = socket_pair();
  channel from{ends[0]};
  channel to{ends[1]};
  from.send(note_kind::begin);
  from.send(note_kind::result, "body");
  REQUIRE(to.receive());
  CHECK(to.next()->kind == note_kind::begin);
  const auto second = to.next();
  REQUIRE(second);
  CHECK(second->kind == note_kind::result);
  CHECK(second->body == "body");
  CHECK_FALSE(to.next());
}

TEST_CASE("a note that arrives byte by byte is handed out when it is whole") {
  const auto first = socket_pair();
  const auto second = socket_pair();
  channel from{first[0]};
  channel to{second[1]};
  from.send(note_kind::result, "body");
  char byte = 0;
  for (int left = 20; left > 0; --left) {
    CHECK_FALSE(to.next());
    REQUIRE(read(first[1], &byte, 1) == 1);
    REQUIRE(write(second[0], &byte, 1) == 1);
    REQUIRE(to.receive());
  }
  CHECK(to.next()->body == "body");
  close(first[1]);
  close(second[0]);
}

TEST_CASE("a hung-up end is told, after what it had said") {
  const auto ends = socket_pair();
  channel to{ends[1]};
  channel{ends[0]}.send(note_kind::stop);
  CHECK_FALSE(to.receive());
  CHECK(to.next()->kind == note_kind::stop);
  CHECK_THROWS_AS(to.send(note_kind::stop), cannot_run);
}
