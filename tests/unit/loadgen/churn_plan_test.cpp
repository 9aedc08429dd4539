#include "loadgen/churn_plan.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>

using namespace lintel::loadgen;

TEST_CASE("clients leave in every way, about equally often, and use every room") {
  const churn_plan plan{1, 7};
  std::array<int, parting_count> left{};
  std::set<std::uint32_t> rooms;
  int resets = 0;
  for (std::uint64_t cycle = 0; cycle < 8'000; ++cycle) {
    const auto step = plan.step(cycle);
    ++left[static_cast<std::size_t>(step.how)];
    rooms.insert(step.room);
    resets += step.is_reset ? 1 : 0;
  }
  for (const int count : left) {
    CHECK(count > 850);
    CHECK(count < 1'150);
  }
  CHECK(rooms == std::set<std::uint32_t>{0, 1, 2, 3, 4, 5, 6});
  CHECK(resets > 2'700); // `reset` always, the four in the middle of something every other time
  CHECK(resets < 3'300);
}

TEST_CASE("a seed is a sequence of its own, in whatever order it is asked for") {
  const churn_plan plan{1, 1'000}, same{1, 1'000}, other{2, 1'000};
  int different = 0;
  for (std::uint64_t cycle = 100; cycle-- > 0;) {
    CHECK(plan.step(cycle).room == same.step(cycle).room);
    CHECK(plan.step(cycle).how == same.step(cycle).how);
    different += plan.step(cycle).room != other.step(cycle).room ? 1 : 0;
  }
  CHECK(different > 90);
}

TEST_CASE("who leaves in an orderly way sends no reset, and who resets does") {
  const churn_plan plan{3, 1};
  for (std::uint64_t cycle = 0; cycle < 1'000; ++cycle) {
    const auto step = plan.step(cycle);
    if (step.how < parting::reset)
      CHECK_FALSE(step.is_reset);
    if (step.how == parting::reset)
      CHECK(step.is_reset);
  }
}

TEST_CASE("every way of leaving has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < parting_count; ++i)
    names.insert(name_of(static_cast<parting>(i)));
  CHECK(names.size() == parting_count);
}
