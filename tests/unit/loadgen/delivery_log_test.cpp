#include "loadgen/delivery_log.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

TEST_CASE("members that agree share one order") {
  delivery_log log{{.first_member = 10, .member_count = 4, .room_count = 2}};
  for (std::uint32_t member = 0; member < 4; ++member)
    for (std::uint32_t sequence = 1; sequence <= 3; ++sequence)
      log.delivered(member, {10 + member % 2, sequence});
  const delivery_record record = log.take();
  CHECK(record.odd_members.empty());
  for (const room_record& room : record.rooms) {
    CHECK(room.order.size() == 3);
    CHECK(room.faithful_count == 2);
  }
}

TEST_CASE("a member that departs keeps what it shared and lists the rest") {
  delivery_log log{{.first_member = 10, .member_count = 2, .room_count = 1}};
  for (const std::uint32_t sequence : {1u, 2u, 3u})
    log.delivered(0, {10, sequence});
  for (const std::uint32_t sequence : {1u, 3u})
    log.delivered(1, {10, sequence});
  const delivery_record record = log.take();
  REQUIRE(record.odd_members.size() == 1);
  CHECK(record.odd_members[0].member == 11);
  CHECK(record.odd_members[0].shared == 1);
  CHECK(record.odd_members[0].tail == std::vector<message_key>{{10, 3}});
  CHECK(record.rooms[0].faithful_count == 1);
}

TEST_CASE("a member that stops short is odd even though all it saw was right") {
  delivery_log log{{.first_member = 0, .member_count = 2, .room_count = 1}};
  log.delivered(0, {0, 1});
  const delivery_record record = log.take();
  REQUIRE(record.odd_members.size() == 1);
  CHECK(record.odd_members[0].member == 1);
  CHECK(record.odd_members[0].tail.empty());
}
