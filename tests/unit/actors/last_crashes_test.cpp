#include "actors/last_crashes.hpp"

#include <catch2/catch.hpp>

using lintel::actors::last_crashes;

TEST_CASE("what an actor's last crash said is kept, and nothing of others") {
  last_crashes crashes;
  crashes.note("room:a", "first");
  crashes.note("room:b", "another");
  crashes.note("room:a", "second");
  CHECK(crashes.of("room:a") == "second");
  CHECK(crashes.of("room:b") == "another");
  CHECK(crashes.of("room:c").empty());
}

TEST_CASE("beyond its size it forgets whose crash is longest ago, and keeps the others") {
  last_crashes crashes{3};
  for (const auto* name : {"a", "b", "c"})
    crashes.note(name, "once");
  crashes.note("a", "twice"); // now b is the oldest
  crashes.note("d", "once");
  CHECK(crashes.of("a") == "twice");
  CHECK(crashes.of("b").empty());
  CHECK(crashes.of("c") == "once");
  CHECK(crashes.of("d") == "once");
}

TEST_CASE("a storm of ten thousand crashes leaves the newest known") {
  last_crashes crashes;
  for (std::size_t i = 0; i <= last_crashes::actors_max; ++i)
    crashes.note("c0-" + std::to_string(i) + "-0", "boom");
  CHECK(crashes.of("c0-0-0").empty());
  CHECK(crashes.of("c0-1-0") == "boom");
  CHECK(crashes.of("c0-" + std::to_string(last_crashes::actors_max) + "-0") == "boom");
}

TEST_CASE("a crash that says a megabyte is cut") {
  last_crashes crashes;
  crashes.note("a", std::string(1 << 20, 'x'));
  CHECK(crashes.of("a").size() == 200);
}
