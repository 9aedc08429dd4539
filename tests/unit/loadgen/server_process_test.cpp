#include "loadgen/server_process.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>

#include <time.h>
#include <unistd.h>

#include <thread>

using namespace lintel::loadgen;

TEST_CASE("CPU ticks of ended children are read whatever the command's name") {
  constexpr auto stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 200 0 0 10 20 3 4 20 0 1 0 99";
  CHECK(ended_child_ticks_of(stat) == 7);
  CHECK(ended_child_ticks_of("") == 0);
  CHECK(ended_child_ticks_of("42 (a) S 1 2") == 0);
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
  // Two milliseconds of work do not show on a clock of 10 ms.
  timespec now{};
  const auto own_cpu = [&now] {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
  };
  const auto started = own_cpu();
  while (own_cpu() - started < std::chrono::milliseconds{2}) {
  }
  const auto used = self.cpu() - before;
  CHECK(used >= std::chrono::milliseconds{2});
  CHECK(used <= own_cpu());
}

TEST_CASE("CPU time does not vanish with the thread that used it") {
  const server_process self{getpid()};
  const auto work = [] {
    timespec now{};
    do
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while (now.tv_nsec < 3'000'000);
  };
  const auto before = self.cpu();
  std::thread{work}.join();
  CHECK(self.cpu() - before >= std::chrono::milliseconds{3});
}

TEST_CASE("a process that does not exist is refused with a sentence") {
  CHECK_THROWS_WITH(server_process{0x7ffffff0}, Catch::Contains("there is no process"));
}

TEST_CASE("numbers of /proc/PID/status go by the whole name of their line") {
  constexpr auto status = "Name:\tThreads: 9\nVmRSS:\t   8124 kB\nVmRSS_x: 1\nThreads:\t11\n";
  CHECK(status_number_of(status, "VmRSS") == 8124u);
  CHECK(status_number_of(status, "Threads") == 11u);
  CHECK_FALSE(status_number_of(status, "VmSwap"));
  CHECK_FALSE(status_number_of("", "VmRSS"));
}

TEST_CASE("a process sees its own descriptors, threads and memory") {
  const server_process self{getpid()};
  const auto descriptors = self.descriptors().value_or(0);
  const auto threads = self.threads().value_or(0);
  int ends[2] = {};
  REQUIRE(pipe(ends) == 0);
  CHECK(self.descriptors() == descriptors + 2);
  close(ends[0]);
  close(ends[1]);
  CHECK(self.descriptors() == descriptors);
  CHECK(threads >= 1);
  CHECK(self.rss_bytes().value_or(0) > 100'000);
}
