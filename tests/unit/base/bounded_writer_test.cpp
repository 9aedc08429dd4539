#include "base/bounded_writer.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>
#include <string>

using lintel::base::bounded_writer;

TEST_CASE("text and numbers follow each other") {
  std::array<char, 64> into;
  const auto size =
      bounded_writer{into}.text("c").number(0).text("-").number(std::numeric_limits<std::uint64_t>::max()).size();
  CHECK(std::string(into.data(), size) == "c0-18446744073709551615");
}

TEST_CASE("what does not fit is cut, and nothing behind it is touched") {
  std::array<char, 8> memory;
  memory.fill('.');
  const auto size = bounded_writer{std::span{memory}.first(5)}.text("room").text(":lobby").number(12).size();
  CHECK(std::string(memory.data(), memory.size()) == "room:...");
  CHECK(size == 5);
  CHECK(bounded_writer{std::span<char>{}}.text("x").size() == 0);
}
