#include "gateway/poller.hpp"

#include "tests/support/waiting.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <system_error>
#include <thread>

using lintel::gateway::poll_key;
using lintel::gateway::poller;

namespace {

struct socket_pair {
  socket_pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()) == 0); }
  ~socket_pair() {
    ::close(fds[0]);
    ::close(fds[1]);
  }
  std::array<int, 2> fds{};
};

const auto long_ago = poller::clock::time_point{};

} // namespace

TEST_CASE("a key survives the kernel, whatever its bits") {
  for (const auto key : {poll_key{0, 0}, poll_key{0xffff'ffff, 0}, poll_key{1, 0xffff'fffe}, poll_key{0x12345678, 9}}) {
    const auto back = poll_key::unpack(key.packed());
    CHECK(back.slot == key.slot);
    CHECK(back.generation == key.generation);
  }
}

TEST_CASE("what is ready is told with its key, as long as it is ready") {
  poller p;
  socket_pair pair;
  REQUIRE(p.add(pair.fds[0], EPOLLIN, {7, 3}));
  CHECK(p.wait(long_ago).empty());
  REQUIRE(::write(pair.fds[1], "x", 1) == 1);
  for (int i = 0; i < 2; ++i) { // level-triggered
    const auto events = p.wait(std::nullopt);
    REQUIRE(events.size() == 1);
    CHECK(poll_key::unpack(events[0].data.u64).slot == 7);
    CHECK(poll_key::unpack(events[0].data.u64).generation == 3);
    CHECK((events[0].events & EPOLLIN) != 0);
  }
}

TEST_CASE("interest can change, and end") {
  poller p;
  socket_pair pair;
  REQUIRE(p.add(pair.fds[0], EPOLLIN, {1, 1}));
  p.modify(pair.fds[0], EPOLLIN | EPOLLOUT, {1, 1});
  CHECK(p.wait(std::nullopt).size() == 1);
  p.remove(pair.fds[0]);
  CHECK(p.wait(long_ago).empty());
}

TEST_CASE("a wake-up ends a wait, before it or during it, and is no event") {
  poller p;
  p.wake();
  CHECK(p.wait(std::nullopt).empty());
  std::thread other{[&] { p.wake(); }};
  CHECK(p.wait(std::nullopt).empty());
  other.join();
  CHECK(p.wait(long_ago).empty());
}

TEST_CASE("what the kernel refuses is an exception that says what was asked") {
  poller p;
  CHECK_THROWS_AS((void)p.add(-1, EPOLLIN, {}), std::system_error);
  socket_pair pair;
  CHECK_THROWS_AS(p.modify(pair.fds[0], EPOLLIN, {}), std::system_error);
}
