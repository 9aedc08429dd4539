#include "actors/room_actor.hpp"

#include "protocol/encoder.hpp"
#include "tests/support/room_world.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::actors::counter;
using lines = std::vector<std::string>;

namespace {

constexpr auto kill = control_letter::order::kill;
constexpr auto crash = control_letter::order::crash;

lines last(const lines& all, std::size_t count) { return {all.end() - static_cast<std::ptrdiff_t>(count), all.end()}; }

// The workers post in their own order; what matters is what arrived.
lines sorted(lines all) {
  std::ranges::sort(all);
  return all;
}

} // namespace

TEST_CASE("a broadcast is one post per worker with members, and the sender's carries the answer") {
  room_world world;
  for (std::uint32_t slot = 0; slot < 3; ++slot) {
    world.join(world.member(0, slot), "room:a");
    world.join(world.member(1, slot), "room:a");
  }
  auto& room = world.room("room:a");
  room.post(world.push_letter(world.member(1, 2), "room:a", "new_msg"));
  CHECK(sorted(last(world.posts.events.wait_for(8), 2)) == lines{"0 broadcast room:a", "1 broadcast room:a +answer"});
  CHECK(world.total(counter::broadcasts) == 1);
}

TEST_CASE("a worker without members gets no post") {
  room_world world;
  const auto leg = world.join(world.member(0), "room:a");
  world.join(world.member(1), "room:a");
  world.leave(world.member(0), leg);
  world.posts.events.wait_for(3);
  auto& room = world.room("room:a");
  room.post(world.push_letter(world.member(1), "room:a", "new_msg"));
  room.post(world.push_letter(world.member(1), "room:a", "ping"));
  CHECK(last(world.posts.events.wait_for(5), 2) == lines{"1 broadcast room:a +answer", "1 settled ping: "});
}

TEST_CASE("a broadcast whose sender wants no answer carries none") {
  room_world world;
  world.join(world.member(0), "room:a");
  world.room("room:a").post(world.push_letter(world.member(0), "room:a", "new_msg", ""));
  CHECK(world.posts.events.wait_for(2).back() == "0 broadcast room:a");
}

TEST_CASE("a ping is answered to its sender alone") {
  room_world world;
  world.join(world.member(0), "room:a");
  world.join(world.member(1), "room:a");
  world.room("room:a").post(world.push_letter(world.member(1), "room:a", "ping"));
  CHECK(world.posts.events.wait_for(3).back() == "1 settled ping: ");
  CHECK(world.total(counter::broadcasts) == 0);
}

TEST_CASE("a broadcast to members of three wire formats on two workers is encoded three times") {
  room_world world;
  world.join(world.member(0), "room:a");
  world.join(world.member(1), "room:a");
  const auto before = lintel::protocol::encoded_total();
  world.room("room:a").post(world.push_letter(world.member(0), "room:a", "new_msg"));
  world.posts.events.wait_for(4);
  CHECK(lintel::protocol::encoded_total() - before == 3);
}

TEST_CASE("a killed room keeps its members") {
  room_world world;
  world.join(world.member(0), "room:a");
  world.join(world.member(1), "room:a");
  auto& room = world.room("room:a");
  for (int i = 0; i < 100; ++i)
    order(room, kill);
  room.post(world.push_letter(world.member(0), "room:a", "new_msg"));
  CHECK(sorted(last(world.posts.events.wait_for(4), 2)) == lines{"0 broadcast room:a +answer", "1 broadcast room:a"});
  CHECK(room.members() == 2);
  CHECK(room.incarnation() == 101);
}

TEST_CASE("pushes around a crash are broadcast in their order") {
  room_world world;
  world.join(world.member(0), "room:a");
  auto& room = world.room("room:a");
  for (int i = 0; i < 5; ++i) {
    room.post(world.push_letter(world.member(0), "room:a", "new_msg"));
    if (i < 2)
      order(room, crash);
  }
  CHECK(world.posts.events.wait_for(6).size() == 6);
  CHECK(world.total(counter::crashes) == 2);
}

TEST_CASE("a member may crash its room's handler where that is allowed, and elsewhere the event is like any other") {
  const bool is_allowed = GENERATE(true, false);
  room_world world{{.takes_chaos_events = is_allowed}};
  world.join(world.member(0), "room:a");
  world.room("room:a").post(world.push_letter(world.member(0), "room:a", "chaos:crash_room"));
  CHECK(world.posts.events.wait_for(2).back() ==
        (is_allowed ? "0 settled chaos:crash_room: crashed" : "0 broadcast room:a +answer"));
  CHECK(world.total(counter::crashes) == (is_allowed ? 1 : 0));
}

TEST_CASE("a room past its budget tells each worker with members, and refuses what it had left") {
  room_world world;
  const auto leg = world.join(world.member(0), "room:a");
  world.join(world.member(1), "room:a");
  auto room = world.supervisor->find("room:a");
  {
    room_world::standstill still{world};
    for (std::uint32_t i = 0; i <= room_world::crashes_max; ++i)
      order(*room, crash);
    room->post(world.push_letter(world.member(0), "room:a", "new_msg"));
    room->post(world.join_letter(world.member(0, 2), "room:a"));
    world.leave(world.member(0), leg);
  }
  const auto seen = last(world.posts.events.wait_for(7), 5);
  CHECK(sorted(seen) == sorted({"0 gone room:a", "1 gone room:a", "0 settled new_msg: crashed",
                                "0 refused room:a: join crashed", "0 left room:a"}));
  // On one worker the news comes before the answers, so that these find no channel of the dead room.
  CHECK(std::ranges::find(seen, "0 gone room:a") < std::ranges::find(seen, "0 settled new_msg: crashed"));
  world.await_end(*room);
  CHECK(world.supervisor->find("room:a") == nullptr);
  CHECK(world.total(counter::gave_up) == 1);
}

TEST_CASE("a full room refuses a join, and takes one when somebody has left") {
  room_world world{{.members_max = 2}};
  world.join(world.member(0, 1), "room:a");
  const auto leg = world.join(world.member(0, 2), "room:a");
  world.ask_to_join(world.member(0, 3), "room:a");
  CHECK(world.posts.events.wait_for(3).back() == "0 refused room:a: room is full");
  world.leave(world.member(0, 2), leg);
  world.posts.events.wait_for(4);
  world.ask_to_join(world.member(0, 3), "room:a");
  CHECK(world.posts.events.wait_for(5).back() == "0 joined room:a");
}

TEST_CASE("a rejoin keeps the member's place, even in a full room") {
  room_world world{{.members_max = 1}};
  const auto leg = world.join(world.member(0, 1), "room:a");
  world.ask_to_join(world.member(0, 1), "room:a", true);
  CHECK(world.posts.events.wait_for(2).back() == "0 joined room:a");
  CHECK(world.posts.leg(0, "room:a") == leg);
  CHECK(world.room("room:a").members() == 1);
}

TEST_CASE("a lost socket leaves without an answer") {
  room_world world;
  const auto leg = world.join(world.member(0, 1), "room:a");
  world.join(world.member(0, 2), "room:a");
  leg->room->post(std::make_unique<lintel::actors::room_leave>(world.member(0, 1), leg, nullptr));
  leg->room->post(world.push_letter(world.member(0, 2), "room:a", "ping"));
  CHECK(world.posts.events.wait_for(3).back() == "0 settled ping: ");
  CHECK(world.room("room:a").members() == 1);
}

TEST_CASE("a letter that no room expects is counted") {
  room_world world;
  world.join(world.member(0), "room:a");
  post(world.room("room:a"), 1);
  world.room("room:a").post(world.push_letter(world.member(0), "room:a", "ping"));
  world.posts.events.wait_for(2);
  CHECK(world.total(counter::unhandled) == 1);
}
