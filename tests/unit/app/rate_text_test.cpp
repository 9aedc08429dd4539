#include "app/rate_text.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;
using namespace std::chrono_literals;

TEST_CASE("a rate is a number and a time") {
  const auto given = parse_rate("5/10s");
  REQUIRE(given);
  CHECK(given->count == 5);
  CHECK(given->window == 10s);
  CHECK(parse_rate("0/1ms")->count == 0);
  CHECK(rate_text({600, 60s}) == "600/1m");
  CHECK(rate_text(*parse_rate("25/500ms")) == "25/500ms");
}

TEST_CASE("what is no rate is refused") {
  for (const auto* text :
       {"", "5", "5/", "/10s", "5/10", "5/0s", "5/0", "-5/10s", "5 / 10s", "5/10s/2", "x/10s", "4294967296/1s"}) {
    INFO(text);
    CHECK_FALSE(parse_rate(text));
  }
}
