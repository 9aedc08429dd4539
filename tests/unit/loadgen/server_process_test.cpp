#include "loadgen/server_process.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace lintel::loadgen;

TEST_CASE(
    "CPU ticks are user and system time, own and of ended children, whatever the command's name") {
  constexpr auto stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 200 0 0 10 20 3 4 20 0 1 0 99";
  CHECK(cpu_ticks_of(stat) == 37);
  CHECK(cpu_ticks_of("") == 0);
  CHECK(cpu_ticks_of("42 (a) S 1 2") == 0);
}

TEST_CASE("PSS is read in bytes, and not confused with its anonymous part") {
  CHECK(pss_of(
            "00400000-7ffd [rollup]\nRss:  900 kB\nPss:                 12 kB\nPss_Anon: 7 kB\n") ==
        12u * 1024);
  CHECK_FALSE(pss_of("Rss: 900 kB\nPss_Anon: 7 kB\n"));
}

TEST_CASE("a process can measure itself") {
  const server_process self{getpid()};
  CHECK(self.pss_bytes().value_or(0) > 100'000);
  const auto before = self.cpu();
  volatile std::uint64_t sink = 0;
  // 30 ms of work shows on a clock of 10 ms.
  for (std::uint64_t i = 0; self.cpu() - before < std::chrono::milliseconds{30} && i < 1'000'000;
       ++i)
    sink = sink + i;
  CHECK(self.cpu() - before >= std::chrono::milliseconds{30});
}

TEST_CASE("a process that does not exist is refused with a sentence") {
  CHECK_THROWS_WITH(server_process{0x7ffffff0}, Catch::Contains("there is no process"));
}
