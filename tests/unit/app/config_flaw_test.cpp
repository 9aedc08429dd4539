#include "app/config_flaw.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;

TEST_CASE("all flaws are told, by line, each with its place") {
  const config_error error{"etc/lintel.toml", {{7, "b"}, {0, "c"}, {3, "a"}, {7, "d"}}};
  CHECK(std::string{error.what()} == "c\netc/lintel.toml:3: a\netc/lintel.toml:7: b\netc/lintel.toml:7: d");
  REQUIRE(error.sentences().size() == 4);
  CHECK(error.sentences()[0].place.empty());
  CHECK(error.sentences()[1].place == "etc/lintel.toml:3");
  CHECK(error.sentences()[1].text == "a");
}
