#include "app/namespace_config.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;
using namespace std::chrono_literals;
using lintel::actors::durability;
using lintel::actors::namespaces;

TEST_CASE("without a file there are rooms in memory and logs on disk") {
  const namespaces all{built_in_namespaces()};
  const auto room = all.find("room:lobby");
  REQUIRE(room);
  CHECK(room->history.kept == durability::memory);
  CHECK(room->history.keep == lintel::history::retention{.count_max = 100, .age_max = 10min, .bytes_max = 1 << 20});
  CHECK(room->presence.is_on);
  CHECK(room->is_ephemeral("typing"));
  const auto log = all.find("log:audit");
  REQUIRE(log);
  CHECK(log->history.kept == durability::synced);
  CHECK(log->history.keep == lintel::history::retention{.count_max = 100'000, .age_max = 720h, .bytes_max = 64 << 20});
  CHECK_FALSE(all.find("chat:lobby"));
}

TEST_CASE("topics narrow the namespaces to patterns that are equal, and others are as rooms") {
  auto configured = built_in_namespaces();
  configured[1].ephemeral = {"ping"};
  CHECK(only_topics(configured, {}) == configured);
  const auto only = only_topics(configured, {"chat:*", "log:*"});
  REQUIRE(only.size() == 2);
  CHECK(only[0].pattern == "chat:*");
  CHECK(only[0].history == built_in_namespaces()[0].history);
  CHECK(only[1] == configured[1]);
  CHECK(only_topics(configured, {"room:lobby"})[0].pattern == "room:lobby");
}
