#include "app/near_name.hpp"

#include <catch2/catch.hpp>

#include <vector>

using lintel::app::near_name;

namespace {

const std::vector<std::string> names{"workers", "listen", "max-connections", "message-bytes", "idle-timeout", "io"};

} // namespace

TEST_CASE("a mistyped name is recognised") {
  CHECK(near_name("worker", names) == "workers");
  CHECK(near_name("wrokers", names) == "workers");
  CHECK(near_name("owrkesr", names) == "workers");
  CHECK(near_name("ilsten", names) == "listen");
  CHECK(near_name("workres", names) == "workers");
  CHECK(near_name("max_connections", names) == "max-connections");
  CHECK(near_name("idle-timeout-ms", names) == "idle-timeout");
}

TEST_CASE("the beginning of a name is recognised") {
  CHECK(near_name("idle", names) == "idle-timeout");
  CHECK(near_name("message", names) == "message-bytes");
}

TEST_CASE("what resembles no name is left alone") {
  CHECK(near_name("gateway", names).empty());
  CHECK(near_name("foo", names).empty());
  CHECK(near_name("", names).empty());
  CHECK(near_name(std::string(10'000, 'w'), names).empty());
  CHECK(near_name("workers", {}).empty());
}
