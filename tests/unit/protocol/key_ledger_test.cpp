#include "protocol/key_ledger.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;

TEST_CASE("a map that holds a key twice is found when it closes") {
  key_ledger keys;
  keys.open();
  keys.add("a");
  keys.add("b");
  keys.add("a");
  CHECK_FALSE(keys.close());
}

TEST_CASE("equal keys in different maps are no duplicates") {
  key_ledger keys;
  keys.open();
  keys.add("a");
  keys.open();
  keys.add("a");
  CHECK(keys.close());
  keys.open();
  keys.add("a");
  CHECK(keys.close());
  keys.add("b");
  CHECK(keys.close());
}

TEST_CASE("a duplicate around a nested map is found") {
  key_ledger keys;
  keys.open();
  keys.add("a");
  keys.open();
  keys.add("x");
  REQUIRE(keys.close());
  keys.add("a");
  CHECK_FALSE(keys.close());
}

TEST_CASE("the empty key is a key like any other") {
  key_ledger keys;
  keys.open();
  keys.add("");
  keys.add("");
  CHECK_FALSE(keys.close());
}

TEST_CASE("clearing forgets maps left open by a message that was refused") {
  key_ledger keys;
  keys.open();
  keys.add("a");
  keys.clear();
  keys.open();
  keys.add("a");
  CHECK(keys.close());
}

TEST_CASE("four thousand different keys are all different") {
  key_ledger keys;
  keys.open();
  for (int key = 0; key < 4096; ++key)
    keys.add(std::to_string(key));
  CHECK(keys.close());
}
