#include "app/descriptor_plan.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;

TEST_CASE("what fits into one descriptor table shares it") {
  const auto plan = plan_descriptors({.connections = 15'000}, 2, 20'000);
  CHECK(plan.workers == 2);
  CHECK(plan.connections_max == 15'000);
  CHECK_FALSE(plan.has_own_tables);
  CHECK(plan.flaw.empty());
}

TEST_CASE("unasked, the server holds what one table takes, and at most a million") {
  const auto small = plan_descriptors({}, 2, 20'000);
  CHECK_FALSE(small.has_own_tables);
  CHECK(small.connections_max > 19'000);
  CHECK(small.connections_max < 20'000);
  CHECK(plan_descriptors({}, 8, 100'000'000).connections_max == 1'000'000);
}

TEST_CASE("a million in tables of 20,000 takes more workers than cores") {
  const auto plan = plan_descriptors({.connections = 1'000'000}, 2, 20'000);
  CHECK(plan.has_own_tables);
  CHECK(plan.flaw.empty());
  CHECK(plan.workers * 18'600 >= 1'000'000);
  CHECK(plan.workers <= 64);
}

TEST_CASE("workers that are asked for are kept when they do") {
  CHECK(plan_descriptors({.connections = 1'000'000, .workers = 60}, 2, 20'000).workers == 60);
  CHECK(plan_descriptors({.connections = 100, .workers = 60}, 2, 20'000).workers == 60);
  CHECK(plan_descriptors({.connections = 25'000, .workers = 2}, 2, 20'000).has_own_tables);
}

TEST_CASE("a wish that cannot be had names the way out") {
  const auto few = plan_descriptors({.connections = 1'000'000, .workers = 2}, 2, 20'000);
  CHECK(few.flaw.find("not --workers 2") != std::string::npos);
  CHECK(few.flaw.find("ulimit -Hn") != std::string::npos);
  CHECK(plan_descriptors({.connections = 1'000'000}, 2, 1024).flaw.find("at most 64") != std::string::npos);
  CHECK_FALSE(plan_descriptors({.connections = 1, .workers = 65}, 2, 20'000).flaw.empty());
}

TEST_CASE("a tiny table gives a tiny plan and no underflow") {
  const auto plan = plan_descriptors({}, 1, 16);
  CHECK(plan.connections_max == 1);
  CHECK_FALSE(plan_descriptors({.connections = 500}, 1, 16).flaw.empty());
}
