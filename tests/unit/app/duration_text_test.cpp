#include "app/duration_text.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit") {
  CHECK(parse_duration("100ms") == 100ms);
  CHECK(parse_duration("5s") == 5s);
  CHECK(parse_duration("2m") == 2min);
  CHECK(parse_duration("1440m") == 24h);
  CHECK(parse_duration("24h") == 24h);
  CHECK(parse_duration("30d") == 720h);
  CHECK(parse_duration("3650d") == duration_max);
  CHECK(parse_duration("0") == 0ms);
  CHECK(parse_duration("0s") == 0ms);
}

TEST_CASE("what is no duration, or more than ten years, is refused") {
  for (const auto* text : {"", "5", "s", "-5s", "+5s", " 5s", "5 s", "5sec", "5S", "1.5s", "1D", "3651d", "87601h",
                           "1w", "99999999999s", "4294967295m", "ms5", "5s5"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("a duration is said in the largest unit that fits, and can be read again") {
  for (const auto& [what, text] : {std::pair{0ms, "0"},
                                   {1ms, "1ms"},
                                   {1500ms, "1500ms"},
                                   {5000ms, "5s"},
                                   {60'000ms, "1m"},
                                   {90'000ms, "90s"},
                                   {7'200'000ms, "2h"},
                                   {24h, "24h"},
                                   {720h, "30d"}}) {
    CHECK(duration_text(what) == text);
    CHECK(parse_duration(text) == what);
  }
}
