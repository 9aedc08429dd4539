#include "loadgen/machine.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

TEST_CASE("meminfo is read by whole names, in bytes") {
  constexpr auto text = "MemTotal:       24683520 kB\nKReclaimable:     7 kB\nSlab:              12 kB\n";
  CHECK(meminfo_bytes(text, "Slab") == 12u * 1024);
  CHECK(meminfo_bytes(text, "MemTotal") == 24683520ull * 1024);
  CHECK_FALSE(meminfo_bytes(text, "Reclaimable"));
  CHECK_FALSE(meminfo_bytes("Slab:", "Slab"));
}

TEST_CASE("what TCP buffers hold is not confused with UDP's") {
  constexpr auto text = "sockets: used 10\nTCP: inuse 1 orphan 0 tw 4 alloc 1 mem 42\nUDP: inuse 0 mem 7\n";
  CHECK(tcp_pages(text) == 42u);
  CHECK_FALSE(tcp_pages("UDP: inuse 0 mem 7\n"));
  CHECK_FALSE(tcp_pages("TCP: inuse 1\nUDP: inuse 0 mem 7\n"));
}

TEST_CASE("this machine has memory, ports and files") {
  const machine_limits here = read_machine_limits();
  CHECK(here.memory_available > 0);
  CHECK(here.descriptors_per_table > 0);
  CHECK(here.files_max > here.files_open);
  CHECK(here.ports > 0);
  CHECK(here.cores >= 1);
  CHECK(read_machine_memory().unused > 0);
}

TEST_CASE("CPU time is what is neither idle nor waiting for a disk") {
  constexpr auto stat = "cpu  100 20 3 5000 700 1 40 2 9 9\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
  CHECK(busy_time_of(stat) == std::chrono::milliseconds{1660});
  CHECK_FALSE(busy_time_of("cpu0 1 2 3 4 5 6 7 8\n"));
  CHECK_FALSE(busy_time_of("cpu  1 2 3\n"));
}
