#include "actors/room_supervisor.hpp"

#include "tests/support/room_world.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::actors::counter;

namespace {

constexpr auto an_hour = std::chrono::hours{1};

/// "room:bad" had a member and crashed past its budget.
struct world_with_bad_room : room_world {
  world_with_bad_room()
      : room_world({}, {.storm = {}, .quarantine = {.cool_down = an_hour, .cool_down_max = an_hour}}) {
    join(member(0), "room:bad");
    auto bad = supervisor->find("room:bad");
    for (std::uint32_t i = 0; i <= crashes_max; ++i)
      order(*bad, control_letter::order::crash);
    await_end(*bad);
  }
};

} // namespace

TEST_CASE("the table of rooms survives a kill of their supervisor, and so do the rooms") {
  room_world world;
  const auto leg = world.join(world.member(0, 1), "room:a");
  order(*world.supervisor, control_letter::order::kill);
  order(*world.supervisor, control_letter::order::crash);
  CHECK(world.join(world.member(0, 2), "room:a") == leg);
  CHECK(world.supervisor->count() == 1);
  CHECK(world.supervisor->find("room:a") == leg->room);
  CHECK(world.supervisor->find("room:b") == nullptr);
}

TEST_CASE("a room that ends does not take its successor's place in the table") {
  room_world world;
  auto old = world.supervisor->start_room("room:a");
  auto successor = world.supervisor->start_room("room:a");
  old->post(std::make_unique<lintel::actors::retire>());
  world.await_end(*old);
  CHECK(world.supervisor->find("room:a") == successor);
}

TEST_CASE("a supervisor that stops takes its rooms along") {
  room_world world;
  world.join(world.member(0), "room:a");
  world.join(world.member(1), "room:b");
  const auto rooms = world.supervisor->rooms();
  REQUIRE(rooms.size() == 2);
  caf::anon_send_exit(handle_of(*world.supervisor), caf::exit_reason::user_shutdown);
  for (const auto& room : rooms)
    world.await_end(*room);
  CHECK(world.supervisor->count() == 0);
}

TEST_CASE("a room in trouble costs its siblings nothing of their budget") {
  room_world world;
  world.join(world.member(0), "room:bad");
  world.join(world.member(0), "room:good");
  auto bad = world.supervisor->find("room:bad");
  for (std::uint32_t i = 0; i <= room_world::crashes_max; ++i)
    order(*bad, control_letter::order::crash);
  world.await_end(*bad);
  auto good = world.supervisor->find("room:good");
  for (std::uint32_t i = 0; i < room_world::crashes_max; ++i)
    order(*good, control_letter::order::crash);
  good->post(world.push_letter(world.member(0), "room:good", "ping"));
  CHECK(world.posts.events.wait_for(4).back() == "0 settled ping: ");
}

TEST_CASE("a supervisor handles no letters; one that comes is counted") {
  room_world world;
  post(*world.supervisor, 1);
  world.join(world.member(0), "room:a");
  caf::anon_send_exit(handle_of(*world.supervisor), caf::exit_reason::user_shutdown);
  world.await_end(*world.supervisor);
  CHECK(world.total(counter::unhandled) == 1);
}

TEST_CASE("a room that crashed past its budget is quarantined: its members hear of it, joins are refused") {
  world_with_bad_room world;
  world.ask_to_join(world.member(1), "room:bad");
  const auto seen = world.posts.events.wait_for(3);
  CHECK(std::ranges::count(seen, "0 gone room:bad") == 1);
  CHECK(std::ranges::count(seen, "1 refused room:bad: room is quarantined") == 1);
  CHECK(world.supervisor->count() == 0);
  CHECK(world.total(counter::rooms_quarantined) == 1);
  world.join(world.member(0), "room:good");
  CHECK(world.supervisor->find("room:good") != nullptr);
}

TEST_CASE("a quarantine survives a kill of the supervisor and of the registry") {
  world_with_bad_room world;
  order(*world.supervisor, control_letter::order::kill);
  order(*world.registry, control_letter::order::kill);
  world.ask_to_join(world.member(0), "room:bad");
  CHECK(world.posts.events.wait_for(3).back() == "0 refused room:bad: room is quarantined");
}

TEST_CASE("a cool-down ends the quarantine: the next join starts the room anew") {
  room_world world; // its cool-down is a nanosecond
  world.join(world.member(0), "room:bad");
  auto bad = world.supervisor->find("room:bad");
  for (std::uint32_t i = 0; i <= room_world::crashes_max; ++i)
    order(*bad, control_letter::order::crash);
  world.await_end(*bad);
  CHECK(world.total(counter::rooms_quarantined) == 1);
  world.ask_to_join(world.member(0), "room:bad");
  CHECK(world.posts.events.wait_for(3).back() == "0 joined room:bad");
}

TEST_CASE("topics in quarantine are listed") {
  world_with_bad_room world;
  const auto confined = world.supervisor->quarantined();
  REQUIRE(confined.size() == 1);
  CHECK(confined[0].name == "room:bad");
  CHECK(confined[0].until > confined[0].since);
}
