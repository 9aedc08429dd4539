#include "loadgen/scenario.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;
using namespace std::chrono_literals;

TEST_CASE("durations are written as people write them") {
  CHECK(duration_of("30s") == 30s);
  CHECK(duration_of("500ms") == 500ms);
  CHECK(duration_of("2m") == 2min);
  CHECK(duration_of("1h") == 1h);
  CHECK(duration_of("1.5") == 1500ms);
  CHECK_FALSE(duration_of(""));
  CHECK_FALSE(duration_of("s"));
  CHECK_FALSE(duration_of("-1s"));
  CHECK_FALSE(duration_of("5 parsecs"));
  CHECK_FALSE(duration_of("nan"));
}

TEST_CASE("every thread gets its part and every connection a thread") {
  scenario wanted;
  wanted.connections = 1000;
  wanted.threads = 7;
  const workload load = workload_of(wanted);
  std::uint32_t total = 0;
  for (std::uint32_t thread = 0; thread < 7; ++thread) {
    CHECK(load.share_of(thread).first_number == total);
    total += load.share_of(thread).member_count;
  }
  CHECK(total == 1000);
}

TEST_CASE("rooms that do not divide the connections are told their true size") {
  scenario wanted;
  wanted.connections = 10;
  wanted.rooms = 3;
  const workload load = workload_of(wanted);
  CHECK(load.members_of(0) == 4);
  CHECK(load.members_of(1) == 3);
  CHECK(load.members_of(2) == 3);
}

TEST_CASE("a named workload brings its own connections and rooms") {
  scenario wanted;
  wanted.kind = scenario_kind::fanout;
  wanted.fan_workload = "fan-rooms10";
  const workload load = workload_of(wanted);
  CHECK(load.connections == 1000);
  CHECK(load.rooms == 100);
  CHECK(load.traffic.sender_count == 100);
  CHECK(load.traffic.outstanding == 1);
}

TEST_CASE("what cannot be run is refused in a sentence") {
  scenario wanted;
  SECTION("more rooms than connections") {
    wanted.rooms = 2000;
    CHECK_THROWS_WITH(workload_of(wanted), Catch::Contains("--rooms"));
  }
  SECTION("a payload too small for its stamp") {
    wanted.payload_bytes = 10;
    CHECK_THROWS_WITH(workload_of(wanted), Catch::Contains("at least 64"));
  }
  SECTION("no rate") {
    wanted.kind = scenario_kind::chat;
    wanted.rate = 0;
    CHECK_THROWS_WITH(workload_of(wanted), Catch::Contains("--rate"));
  }
  SECTION("a target without a port") {
    wanted.target = "localhost";
    CHECK_THROWS_WITH(workload_of(wanted), Catch::Contains("HOST:PORT"));
  }
  SECTION("more threads than connections") {
    wanted.connections = 10;
    wanted.threads = 11;
    CHECK_THROWS_WITH(workload_of(wanted), Catch::Contains("--threads"));
  }
}

TEST_CASE("rooms are topics of whatever namespace is asked for, room: by default") {
  scenario wanted;
  CHECK(workload_of(wanted).topic_prefix == "room:");
  wanted.topic_prefix = "log:";
  CHECK(workload_of(wanted).topic_prefix == "log:");
}

TEST_CASE("a log keeps more than a room, unless the user knows better") {
  scenario wanted;
  CHECK(kept_of(wanted) == 100);
  wanted.topic_prefix = "log:";
  CHECK(kept_of(wanted) == 100'000);
  wanted.publish.kept = 7;
  CHECK(kept_of(wanted) == 7);
}
