#include "actors/room_registry.hpp"

#include "tests/support/room_world.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace lintel::testing;
using lintel::actors::counter;
using lines = std::vector<std::string>;

namespace {

constexpr auto kill = control_letter::order::kill;
constexpr auto crash = control_letter::order::crash;

void crash_past_budget(light_process& room) {
  for (std::uint32_t i = 0; i <= room_world::crashes_max; ++i)
    room.post(std::make_unique<control_letter>(crash));
}

} // namespace

TEST_CASE("the first join of a topic creates its room, the others find it") {
  room_world world;
  const auto first = world.join(world.member(0, 1), "room:a");
  const auto second = world.join(world.member(0, 2), "room:a");
  const auto elsewhere = world.join(world.member(1, 1), "room:a");
  CHECK(first == second);
  CHECK(first != elsewhere);
  CHECK(first->room == elsewhere->room);
  CHECK(world.supervisor->count() == 1);
  CHECK(world.room("room:a").members() == 3);
  CHECK(world.posts.events.lines() == lines{"0 joined room:a", "0 joined room:a", "1 joined room:a"});
}

TEST_CASE("every topic has a room of its own") {
  room_world world;
  CHECK(world.join(world.member(0), "room:a")->room != world.join(world.member(0), "room:b")->room);
  CHECK(world.supervisor->count() == 2);
}

TEST_CASE("a thousand joins of ten topics from two threads make ten rooms") {
  room_world world;
  std::vector<std::thread> threads;
  for (std::uint16_t worker = 0; worker < 2; ++worker)
    threads.emplace_back([&, worker] {
      for (std::uint32_t i = 0; i < 500; ++i)
        world.ask_to_join(world.member(worker, i), "room:" + std::to_string(i % 10));
    });
  for (auto& t : threads)
    t.join();
  CHECK(world.posts.events.wait_for(1000).size() == 1000);
  CHECK(world.supervisor->count() == 10);
  for (const auto& room : world.supervisor->rooms())
    CHECK(room->members() == 100);
}

TEST_CASE("a room that its last member left ends, and the topic may start anew") {
  room_world world;
  const auto leg = world.join(world.member(0), "room:a");
  auto old = world.supervisor->find("room:a");
  world.leave(world.member(0), leg);
  world.await_end(*old);
  world.posts.events.wait_for(2); // the answer to the leave may come after the end
  CHECK(world.supervisor->count() == 0);
  CHECK(world.join(world.member(0), "room:a")->room != leg->room);
  CHECK(world.posts.events.lines() == lines{"0 joined room:a", "0 left room:a", "0 joined room:a"});
}

TEST_CASE("a room with members left goes on") {
  room_world world;
  const auto leg = world.join(world.member(0, 1), "room:a");
  world.join(world.member(1, 1), "room:a");
  world.leave(world.member(0, 1), leg);
  world.posts.events.wait_for(3);
  CHECK(world.join(world.member(0, 2), "room:a") == leg);
  CHECK(world.room("room:a").members() == 2);
}

TEST_CASE("a join that is on its way when the last member leaves keeps the room") {
  room_world world;
  const auto leg = world.join(world.member(0, 1), "room:a");
  {
    room_world::standstill still{world};
    world.ask_to_join(world.member(0, 2), "room:a"); // in front of the room's request to retire
    world.leave(world.member(0, 1), leg);
  }
  world.posts.events.wait_for(3);
  CHECK(world.posts.leg(0, "room:a") == leg);
  CHECK(world.join(world.member(1), "room:a")->room == leg->room);
  CHECK(world.room("room:a").members() == 2);
}

TEST_CASE("joining and leaving in a race always ends in a room") {
  room_world world;
  auto leg = world.join(world.member(0, 1), "room:a");
  for (int round = 0; round < 500; ++round) {
    const auto who = world.member(0, 1);
    world.leave(who, leg);
    leg = nullptr;
    const auto before = world.posts.events.lines().size();
    world.ask_to_join(who, "room:a");
    // "left" and "joined", in either order: the leave is not waited for
    std::size_t wanted = before + 1;
    for (auto seen = world.posts.events.wait_for(wanted); std::ranges::count(seen, "0 joined room:a") < round + 2;
         seen = world.posts.events.wait_for(++wanted))
      REQUIRE(std::ranges::none_of(seen, [](const auto& line) { return line.find("refused") != line.npos; }));
    leg = world.posts.leg(0, "room:a");
  }
  CHECK(world.supervisor->count() >= 1);
}

TEST_CASE("a room that the registry let go of is not found by its next incarnation") {
  // Its order to retire is on the way: a join behind it would find nobody.
  room_world world;
  world.join(world.member(0, 1), "room:a");
  const auto old = world.supervisor->find("room:a");
  old->let_go();
  world.registry->post(std::make_unique<lintel::actors::control_letter>(lintel::actors::control_letter::order::kill));
  world.join(world.member(1, 1), "room:a");
  CHECK(world.supervisor->find("room:a") != old);
  old->post(std::make_unique<lintel::actors::retire>()); // the order arrives
}

TEST_CASE("a killed registry rebuilds its map: no second room of a topic") {
  room_world world;
  const auto leg = world.join(world.member(0, 1), "room:a");
  order(*world.registry, kill);
  CHECK(world.join(world.member(0, 2), "room:a") == leg);
  CHECK(world.supervisor->count() == 1);
  CHECK(world.registry->incarnation() == 2);
}

TEST_CASE("joins around the crash of a registry are all answered") {
  room_world world;
  for (std::uint32_t i = 0; i < 10; ++i) {
    world.ask_to_join(world.member(0, i), "room:a");
    if (i == 3 || i == 6)
      order(*world.registry, crash);
  }
  const auto seen = world.posts.events.wait_for(10);
  CHECK(std::ranges::count(seen, "0 joined room:a") == 10);
  CHECK(world.supervisor->count() == 1);
}

TEST_CASE("a registry past its budget refuses the joins it still has") {
  room_world world;
  {
    room_world::standstill still{world};
    crash_past_budget(*world.registry);
    world.ask_to_join(world.member(1), "room:a");
  }
  CHECK(world.posts.events.wait_for(1) == lines{"1 refused room:a: unavailable"});
}

TEST_CASE("a room past its budget is replaced: the next join finds a successor with a clean slate") {
  room_world world;
  const auto leg = world.join(world.member(0), "room:a");
  auto old = world.supervisor->find("room:a");
  crash_past_budget(*old);
  world.await_end(*old);
  CHECK(world.posts.events.wait_for(2).back() == "0 gone room:a");
  const auto successor = world.join(world.member(0), "room:a");
  CHECK(successor->room != leg->room);
  CHECK(world.supervisor->count() == 1);
  crash_past_budget(*successor->room); // and its budget is its own
  order(*world.registry, kill);
  CHECK(world.posts.events.wait_for(4).back() == "0 gone room:a");
}

TEST_CASE("a join that finds its room dead before the registry has heard of it gets the successor") {
  room_world world;
  const auto leg = world.join(world.member(0), "room:a");
  auto old = world.supervisor->find("room:a");
  gate is_over;
  // Holds the registry back: it still believes in the room when it comes to the join.
  auto blocker = world.spawn({});
  {
    room_world::standstill still{world};
    crash_past_budget(*old);
    world.ask_to_join(world.member(1), "room:a");
  }
  world.posts.events.wait_for(3);
  world.await_end(*old);
  // Either the dead room refused the join or the registry noticed; the topic works in any case.
  const auto now = world.join(world.member(0), "room:a");
  CHECK(now->room != leg->room);
  CHECK(world.supervisor->count() == 1);
}

TEST_CASE("a letter that no registry expects is counted") {
  room_world world;
  world.registry->post(std::make_unique<lintel::actors::retire>());
  world.join(world.member(0), "room:a");
  CHECK(world.total(counter::unhandled) == 1);
}
