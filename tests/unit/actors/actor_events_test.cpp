#include "actors/actor_events.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using kind = actor_event::kind;

TEST_CASE("events come out once, oldest first, with how many there were") {
  actor_events log;
  log.set_watched(true);
  CHECK(log.is_watched());
  log.report({kind::spawn, "c0-1-1", 1, ""});
  log.report({kind::restart, "c0-1-1", 2, "killed"});
  log.report({kind::exit, "c0-1-1", 2, ""});
  const auto all = log.take();
  REQUIRE(all.events.size() == 3);
  CHECK(all.events[1].name == "c0-1-1");
  CHECK(all.events[1].why == "killed");
  CHECK(all.spawned == 1);
  CHECK(all.restarted == 1);
  CHECK(all.ended == 1);
  CHECK(log.take().is_empty());
}

TEST_CASE("a burst keeps the newest events and counts all") {
  actor_events log;
  log.set_watched(true);
  for (unsigned i = 0; i < 10'007; ++i)
    log.report({kind::restart, "c" + std::to_string(i), 2, "killed"});
  const auto all = log.take();
  CHECK(all.restarted == 10'007);
  REQUIRE(all.events.size() == actor_events::events_max);
  for (unsigned i = 0; i < all.events.size(); ++i)
    CHECK(all.events[i].name == "c" + std::to_string(10'007 - actor_events::events_max + i));
  log.report({kind::spawn, "after", 1, ""});
  CHECK(log.take().events.size() == 1);
}

TEST_CASE("what happened before somebody looked is not told") {
  actor_events log;
  log.set_watched(true);
  log.report({kind::spawn, "old", 1, ""});
  log.set_watched(false);
  CHECK(!log.is_watched());
  log.set_watched(true);
  CHECK(log.take().is_empty());
}
