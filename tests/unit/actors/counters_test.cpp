#include "actors/counters.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace lintel::actors;

TEST_CASE("every counter has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < counter_count; ++i)
    names.insert(name_of(static_cast<counter>(i)));
  CHECK(names.size() == counter_count);
  CHECK(names.count("") == 0);
  CHECK(name_of(counter::kills) == "kills");
  CHECK(name_of(counter::rescued_jobs) == "rescued_jobs");
}

TEST_CASE("a block counts each thing apart") {
  counter_block block;
  block.add(counter::kills);
  block.add(counter::kills, 2);
  block.add_shared(counter::crashes, 5);
  CHECK(block.value(counter::kills) == 3);
  CHECK(block.value(counter::crashes) == 5);
  CHECK(block.value(counter::restarts) == 0);
}
