#include "loadgen/crew.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>

#include <poll.h>
#include <unistd.h>

#include <stdexcept>

using namespace lintel::loadgen;
using namespace std::chrono_literals;

namespace {

/// A member's usual end: it stays until the conductor hangs up.
void stay(channel& conductor) {
  do {
    pollfd waiting{.fd = conductor.fd(), .events = POLLIN, .revents = 0};
    static_cast<void>(poll(&waiting, 1, 2000));
  } while (conductor.receive());
}

/// Notes of kind `progress` until `count` have come.
std::vector<std::string> collect(crew& group, std::size_t count) {
  std::vector<std::string> found(group.size());
  std::size_t come = 0;
  for (int turns = 0; come < count && turns < 2000; ++turns)
    group.pump(1ms, [&](std::uint32_t number, const note& received) {
      found[number] = received.body;
      ++come;
    });
  return found;
}

} // namespace

TEST_CASE("each member has a descriptor table of its own") {
  const int before = dup(STDERR_FILENO);
  close(before);
  crew group{1, [](std::uint32_t, channel& conductor) {
               for (int i = 0; i < 64; ++i)
                 static_cast<void>(dup(STDERR_FILENO));
               conductor.send(note_kind::progress, "open");
               stay(conductor);
             }};
  REQUIRE(collect(group, 1)[0] == "open");
  const int after = dup(STDERR_FILENO);
  close(after);
  CHECK(after <= before + 1); // our end of the channel, and none of the 64
}

TEST_CASE("what a member throws stops the run with its sentence") {
  crew group{1, [](std::uint32_t, channel&) { throw std::runtime_error{"no more ports"}; }};
  CHECK_THROWS_WITH(collect(group, 1), "no more ports");
}

TEST_CASE("a member that ends before its result stops the run") {
  crew group{2, [](std::uint32_t number, channel& conductor) {
               if (number == 0)
                 stay(conductor);
             }};
  CHECK_THROWS_WITH(collect(group, 1), Catch::Contains("thread 1 ended early"));
}

TEST_CASE("a member whose result has come may go") {
  crew group{1, [](std::uint32_t, channel& conductor) { conductor.send(note_kind::result, "42"); }};
  CHECK(collect(group, 1) == std::vector<std::string>{"42"});
  CHECK_NOTHROW(group.pump(1ms, [](std::uint32_t, const note&) {}));
}
