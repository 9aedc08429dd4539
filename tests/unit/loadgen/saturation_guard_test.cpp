#include "loadgen/saturation_guard.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;
using namespace std::chrono_literals;
using loop = traffic_plan::loop;

TEST_CASE("a generator with time to spare may report") {
  CHECK_FALSE(saturation_guard::objection({loop::open, 0.89, 9ms, 19ms, 0}));
  CHECK_FALSE(saturation_guard::objection({loop::silent, 0.01, 0ms, 1ms, 0}));
}

TEST_CASE("in an open loop each sign of a busy generator is enough to refuse") {
  CHECK(saturation_guard::objection({loop::open, 0.91, 0ms, 0ms, 0}));
  CHECK(saturation_guard::objection({loop::open, 0.1, 11ms, 0ms, 0}));
  CHECK(saturation_guard::objection({loop::open, 0.1, 0ms, 21ms, 0}));
  CHECK(saturation_guard::objection({loop::silent, 0.91, 0ms, 0ms, 0}));
}

TEST_CASE("a closed loop may fill the core, but must keep up with reading") {
  CHECK_FALSE(saturation_guard::objection({loop::closed, 1.0, 0ms, 99ms, 64 * 1024}));
  CHECK(saturation_guard::objection({loop::closed, 0.1, 0ms, 0ms, 64 * 1024 + 1}));
  CHECK(saturation_guard::objection({loop::closed, 0.1, 0ms, 101ms, 0}));
}

TEST_CASE("the objection says what was measured and what the limit is") {
  const auto objection = saturation_guard::objection({loop::open, 0.97, 0ms, 0ms, 0});
  REQUIRE(objection);
  CHECK(objection->find("97 %") != std::string::npos);
  CHECK(objection->find("90 %") != std::string::npos);
}
