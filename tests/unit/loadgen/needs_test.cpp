#include "loadgen/needs.hpp"

#include "loadgen/endpoint.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

namespace {

constexpr std::uint64_t gib = 1ull << 30;

/// Two cores, 24 GiB, 20,000 descriptors per table: where the million was measured.
constexpr machine_limits small_machine{.memory_available = 23 * gib,
                                       .descriptors_per_table = 20'000,
                                       .files_max = 2'466'170,
                                       .files_open = 2'440,
                                       .ports = 28'232,
                                       .cores = 2};

std::vector<std::string> shortfalls_of(std::uint64_t connections, const machine_limits& here) {
  return shortfalls(needs_of(connections, here), here);
}

} // namespace

TEST_CASE("a million fits two cores, 24 GiB and tables of 20,000 descriptors") {
  const connection_needs needs = needs_of(1'000'000, small_machine);
  CHECK(shortfalls(needs, small_machine).empty());
  CHECK(needs.threads == 51);
  CHECK(needs.server_tables == 55);
  CHECK(needs.source_addresses == 100);
  CHECK(needs.files > 2'000'000);
}

TEST_CASE("no generator thread plans more connections than its table holds") {
  for (const std::uint64_t connections : {1ull, 19'700ull, 19'701ull, 300'000ull}) {
    const connection_needs needs = needs_of(connections, small_machine);
    CHECK(connections <= std::uint64_t{needs.threads} * (small_machine.descriptors_per_table - 300));
    CHECK(needs.threads <= connections);
  }
}

TEST_CASE("one thread for each core connects, however large the tables are") {
  machine_limits large = small_machine;
  large.descriptors_per_table = 1'048'576;
  large.cores = 16;
  CHECK(needs_of(1'000'000, large).threads == 16);
  CHECK(needs_of(1'000'000, large).server_tables <= 2);
  CHECK(needs_of(3, large).threads == 3);
}

TEST_CASE("too little memory is said, with a number that would fit") {
  machine_limits tight = small_machine;
  tight.memory_available = 4 * gib;
  const auto missing = shortfalls_of(1'000'000, tight);
  REQUIRE(missing.size() == 1);
  const auto at = missing[0].find("--connections ");
  REQUIRE(at != std::string::npos);
  CHECK(shortfalls_of(std::stoull(missing[0].substr(at + 14)), tight).empty());
}

TEST_CASE("file-max, descriptor tables and ports are each named with what to do") {
  machine_limits tight = small_machine;
  SECTION("file-max") {
    tight.files_max = 1'000'000;
    CHECK(shortfalls_of(1'000'000, tight).at(0).find("sysctl fs.file-max=") != std::string::npos);
  }
  SECTION("descriptors") {
    tight.descriptors_per_table = 1'024;
    CHECK(shortfalls_of(1'000'000, tight).at(0).find("ulimit -Hn") != std::string::npos);
  }
  SECTION("ports") {
    tight.ports = 5'000;
    CHECK(shortfalls_of(1'000'000, tight).at(0).find("ip_local_port_range") != std::string::npos);
  }
}

TEST_CASE("one source address needs no wide range of ports") {
  machine_limits tight = small_machine;
  tight.ports = 15'000;
  CHECK(shortfalls_of(source_addresses::connections_per_source_max, tight).empty());
}

TEST_CASE("what is needed is said in one sentence") {
  const std::string text = in_words(needs_of(1'000'000, small_machine), small_machine);
  CHECK(text.find("1,000,000 connections") != std::string::npos);
  CHECK(text.find("GiB") != std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
}
