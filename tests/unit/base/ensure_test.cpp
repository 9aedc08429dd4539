#include "base/ensure.hpp"

#include "base/byte_units.hpp"

#include <catch2/catch.hpp>

using namespace lintel::base;

TEST_CASE("a promise that holds costs nothing, a broken one throws what it was") {
  CHECK_NOTHROW(ensure(true, "fine"));
  CHECK_THROWS_WITH(ensure(false, "a leg has members"), "a leg has members");
  CHECK_THROWS_AS(ensure(false, ""), broken_invariant);
}

TEST_CASE("byte units are powers of two") {
  CHECK(1_KiB == 1024);
  CHECK(3_MiB == 3u * 1024 * 1024);
}
