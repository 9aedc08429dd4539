#include "actors/room_roster.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;

namespace {

struct counting_maker {
  std::uint16_t worker;
  int& made;
  room_leg_ptr operator()() const {
    ++made;
    return room_leg_ptr{new room_leg{nullptr, "room:a", worker}};
  }
};

} // namespace

TEST_CASE("a worker's leg is made for its first member and shared by the others") {
  room_roster roster{2};
  int made = 0;
  const auto first = roster.add(1, counting_maker{1, made});
  CHECK(roster.add(1, counting_maker{1, made}) == first);
  CHECK(made == 1);
  CHECK(roster.members() == 2);
  CHECK(roster.on(1).members == 2);
  CHECK(roster.on(0).members == 0);
  CHECK(roster.on(0).leg == nullptr);
}

TEST_CASE("a leg outlives its members, so that posts under way still find it") {
  room_roster roster{1};
  int made = 0;
  const auto leg = roster.add(0, counting_maker{0, made});
  roster.remove(0);
  CHECK(roster.members() == 0);
  CHECK(roster.add(0, counting_maker{0, made}) == leg);
}

TEST_CASE("removing from a worker without members changes nothing") {
  room_roster roster{2};
  int made = 0;
  roster.add(0, counting_maker{0, made});
  roster.remove(1);
  CHECK(roster.members() == 1);
  CHECK(roster.on(1).members == 0);
}

TEST_CASE("a cleared roster holds no leg") {
  room_roster roster{2};
  int made = 0;
  roster.add(0, counting_maker{0, made});
  roster.add(1, counting_maker{1, made});
  roster.clear();
  CHECK(roster.members() == 0);
  for (const auto& entry : roster.legs())
    CHECK((entry.leg == nullptr && entry.members == 0));
}
