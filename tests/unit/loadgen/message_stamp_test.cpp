#include "loadgen/message_stamp.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace lintel::loadgen;

namespace {

const message_stamp stamp{.sender = 1234, .sequence = 77, .intended = from_ns(987'654'321'012'345)};

std::string payload_of(const message_stamp& source, std::size_t size) {
  std::string payload;
  append_payload(payload, source, size);
  return payload;
}

} // namespace

TEST_CASE("a payload has the size that was asked for and gives its stamp back") {
  const std::size_t size = GENERATE(64u, 65u, 1000u, 70'000u);
  const std::string payload = payload_of(stamp, size);
  message_stamp found;
  CHECK(payload.size() == size);
  REQUIRE(read_payload(payload, found));
  CHECK(found == stamp);
}

TEST_CASE("the longest stamp fits the smallest payload for a hundred days of uptime") {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  CHECK(payload_of({most, most, from_ns(8'640'000'000'000'000)}, payload_bytes_min).size() ==
        payload_bytes_min);
}

TEST_CASE("a server may write the members in another order") {
  message_stamp found;
  REQUIRE(read_payload(R"({"p":"xx","t":987654321012345,"n":77,"s":1234})", found));
  CHECK(found == stamp);
}

TEST_CASE("a payload without a whole stamp is not ours") {
  message_stamp found;
  CHECK_FALSE(read_payload("{}", found));
  CHECK_FALSE(read_payload(R"({"s":1,"n":2})", found));
  CHECK_FALSE(read_payload(R"({"s":-1,"n":2,"t":3})", found));
  CHECK_FALSE(read_payload(R"({"s":"1","n":2,"t":3})", found));
  CHECK_FALSE(read_payload(R"({"s":1,"n":2,"t":3)", found));
  CHECK_FALSE(read_payload(R"({"s":99999999999,"n":2,"t":3})", found));
}
