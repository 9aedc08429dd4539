#include "loadgen/room_share.hpp"

#include <catch2/catch.hpp>

#include <vector>

using lintel::loadgen::room_share;

namespace {

/// How many connections speak in each room.
std::vector<int> voices(std::uint32_t rooms, std::uint32_t connections) {
  std::vector<int> found(rooms);
  const room_share share{rooms, connections};
  for (std::uint32_t i = 0; i < connections; ++i)
    for (std::uint32_t channel = 0; channel < share.count_of(i); ++channel)
      ++found.at(share.room_of(i, channel));
  return found;
}

} // namespace

TEST_CASE("fewer connections than rooms share them out, and every room has one voice") {
  CHECK(voices(7, 3) == std::vector<int>(7, 1));
  CHECK(voices(100, 64) == std::vector<int>(100, 1));
  CHECK(room_share{7, 3}.channels() == 7);
}

TEST_CASE("more connections than rooms have one room each") {
  CHECK(voices(3, 7) == std::vector<int>{3, 2, 2});
  CHECK(voices(3, 3) == std::vector<int>{1, 1, 1});
  CHECK(room_share{3, 7}.channels() == 7);
}

TEST_CASE("a connection has no more channels than a server lets it join") {
  CHECK(room_share{100, 1}.is_possible());
  CHECK_FALSE(room_share{101, 1}.is_possible());
  CHECK(room_share{200, 2}.is_possible());
  CHECK_FALSE(room_share{201, 2}.is_possible());
  CHECK_FALSE(room_share{0, 1}.is_possible());
  CHECK_FALSE(room_share{1, 0}.is_possible());
}
