#include "loadgen/kill_plan.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace lintel::loadgen;
using namespace std::chrono_literals;

namespace {

std::vector<kill_order> all_of(kill_plan plan) {
  std::vector<kill_order> orders;
  while (!plan.is_done())
    for (const kill_order& order : plan.due(24h))
      orders.push_back(order);
  return orders;
}

const kill_plan::shape recovery_test{.connections = 200, .kills_per_actor = 10, .rate = 1000};

} // namespace

TEST_CASE("every connection is hit exactly as often as asked") {
  std::map<std::uint32_t, int> hits;
  for (const kill_order& order : all_of(kill_plan{recovery_test}))
    ++hits[order.index];
  CHECK(hits.size() == 200);
  for (const auto& [index, count] : hits)
    REQUIRE(count == 10);
}

TEST_CASE("two hits of one actor are at least half a round apart") {
  std::map<std::uint32_t, std::size_t> last;
  const auto orders = all_of(kill_plan{recovery_test});
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const auto before = last.find(orders[i].index);
    if (before != last.end())
      REQUIRE(i - before->second >= 100);
    last[orders[i].index] = i;
  }
}

TEST_CASE("the order is random but one seed gives one plan") {
  const auto indexes = [](std::uint64_t seed) {
    auto shape = recovery_test;
    shape.seed = seed;
    std::vector<std::uint32_t> found;
    for (const kill_order& order : all_of(kill_plan{shape}))
      found.push_back(order.index);
    return found;
  };
  CHECK(indexes(1) == indexes(1));
  CHECK(indexes(1) != indexes(2));
}

TEST_CASE("orders come at the rate, and a stalled run catches up in steps") {
  kill_plan plan{recovery_test};
  CHECK(plan.due(0ms).size() == 1);
  CHECK(plan.due(100ms).size() == 100);
  CHECK(plan.due(100ms).empty());
  CHECK(plan.due(1500ms).size() == kill_plan::orders_per_turn);
}

TEST_CASE("rooms are spread among the connections") {
  kill_plan::shape shape = recovery_test;
  shape.rooms = 20;
  shape.room_kills = 40;
  const auto orders = all_of(kill_plan{shape});
  CHECK(orders.size() == 2040);
  int rooms_in_first_half = 0;
  int rooms = 0;
  for (std::size_t i = 0; i < orders.size(); ++i)
    if (orders[i].target == kill_order::actor::room) {
      ++rooms;
      rooms_in_first_half += i < orders.size() / 2;
    }
  CHECK(rooms == 40);
  CHECK(rooms_in_first_half == 20);
}

TEST_CASE("only rooms can be hit, too") {
  const auto orders = all_of(kill_plan{{.rooms = 3, .room_kills = 7}});
  CHECK(orders.size() == 7);
  for (const kill_order& order : orders)
    CHECK(order.target == kill_order::actor::room);
}

TEST_CASE("the crash share is the share of crashes") {
  const auto count = [](double share) {
    kill_plan::shape shape = recovery_test;
    shape.crash_share = share;
    int crashes = 0;
    for (const kill_order& order : all_of(kill_plan{shape}))
      crashes += order.how == fault::crash;
    return crashes;
  };
  CHECK(count(0) == 0);
  CHECK(count(1) == 2000);
  CHECK(count(0.25) == Approx(500).margin(80));
}

TEST_CASE("every connection gets its share of crashes, so that none runs out of restarts by chance") {
  kill_plan::shape shape = recovery_test;
  shape.crash_share = 0.3;
  std::map<std::uint32_t, int> crashes;
  for (const kill_order& order : all_of(kill_plan{shape}))
    crashes[order.index] += order.how == fault::crash;
  for (const auto& [index, count] : crashes)
    REQUIRE(count == 3);
}

TEST_CASE("rooms are killed, never crashed: a crash past their budget is the end of a room") {
  for (const kill_order& order : all_of(kill_plan{{.rooms = 3, .room_kills = 30, .crash_share = 1}}))
    REQUIRE(order.how == fault::kill);
}
