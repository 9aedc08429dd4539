#include "loadgen/surprises.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

TEST_CASE("surprises are counted by kind and keep their first example") {
  surprises found;
  found.note(surprise::unexpected_event, "first");
  found.note(surprise::unexpected_event, "second");
  CHECK(found.count(surprise::unexpected_event) == 2);
  CHECK(found.example(surprise::unexpected_event) == "first");
  CHECK(found.total() == 2);
}

TEST_CASE("a long example is cut") {
  surprises found;
  found.note(surprise::broken_frame, std::string(10'000, 'x'));
  CHECK(found.example(surprise::broken_frame).size() == surprises::example_bytes_max);
}

TEST_CASE("merging adds the counts and keeps our example before theirs") {
  surprises ours, theirs;
  ours.note(surprise::unknown_reply, "ours");
  theirs.note(surprise::unknown_reply, "theirs");
  theirs.note(surprise::repeated_reply, "theirs");
  ours.merge(theirs);
  CHECK(ours.count(surprise::unknown_reply) == 2);
  CHECK(ours.example(surprise::unknown_reply) == "ours");
  CHECK(ours.example(surprise::repeated_reply) == "theirs");
}
