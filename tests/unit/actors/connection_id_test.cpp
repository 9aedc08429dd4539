#include "actors/connection_id.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <random>

using namespace lintel::actors;

TEST_CASE("a connection id reads as worker, slot and generation") {
  CHECK(to_string({.slot = 17, .generation = 3, .worker = 0}) == "c0-17-3");
  CHECK(parse_connection_id("c0-17-3") == connection_id{.slot = 17, .generation = 3, .worker = 0});
}

TEST_CASE("every connection id survives being printed and read") {
  std::mt19937 random{11};
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  for (int i = 0; i < 1000; ++i) {
    const connection_id id{static_cast<std::uint32_t>(random()), static_cast<std::uint32_t>(random()),
                           static_cast<std::uint16_t>(random())};
    REQUIRE(parse_connection_id(to_string(id)) == id);
  }
  const connection_id largest{most, most, 0xffff};
  CHECK(parse_connection_id(to_string(largest)) == largest);
}

TEST_CASE("what is no connection id is not taken for one") {
  for (const auto* text : {"",        "c",         "c0",      "c0-1",       "c0-1-",           "c-1-2",
                           "c0--1",   "0-1-2",     "C0-1-2",  "c0-1-2 ",    " c0-1-2",         "c0-1-2-3",
                           "c0-1-x",  "c+1-2-3",   "c0- 1-2", "c65536-0-0", "c0-4294967296-0", "c0-0-4294967296",
                           "c-1-0-0", "room:lobby"}) {
    INFO(text);
    CHECK(parse_connection_id(text) == std::nullopt);
  }
}
