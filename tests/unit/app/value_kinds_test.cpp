#include "app/value_kinds.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;
using namespace std::chrono_literals;

TEST_CASE("a whole number lies in its range, and says which") {
  const whole_number kind{1, 1'000'000};
  CHECK(kind.read("1") == 1);
  CHECK(kind.read("1000000") == 1'000'000);
  for (const auto* text : {"0", "1000001", "", "-1", "+1", " 1", "1 ", "1.0", "many", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(kind.read(text));
  }
  CHECK(kind.wanted() == "a whole number from 1 to 1,000,000");
}

TEST_CASE("bytes lie in their range, with a unit or without") {
  const byte_range kind{.min = 1, .max = 1 << 20};
  CHECK(kind.read("1MiB") == 1 << 20);
  CHECK(kind.read("77") == 77);
  CHECK_FALSE(kind.read("0"));
  CHECK_FALSE(kind.read("2MiB"));
  CHECK(kind.wanted() == "a number of bytes from 1 to 1MiB, such as 65536, 64KiB or 1MiB");
}

TEST_CASE("a time lies in its range, and may be none where that has a meaning") {
  CHECK(duration_range{}.read("24h") == 24h);
  CHECK_FALSE(duration_range{}.read("25h"));
  CHECK_FALSE(duration_range{}.read("0"));
  CHECK(duration_range{.may_be_none = true}.read("0s") == 0s);
  CHECK(duration_range{}.wanted() == "a time from 1ms to 24h, such as 30s or 10m");
  CHECK(duration_range{.may_be_none = true}.wanted().starts_with("0 or a time from 1ms to 24h"));
}

TEST_CASE("a time that is kept in seconds is not given in halves of them") {
  const duration_range kind{.min = 1s, .max = 48h};
  CHECK(kind.read("3s") == 3s);
  CHECK_FALSE(kind.read("1500ms"));
  CHECK_FALSE(kind.read("999ms"));
  CHECK(kind.wanted() == "a time from 1s to 2d in steps of 1s, such as 30s or 10m");
}

TEST_CASE("a choice is one of its words, letter by letter") {
  const choice<int> kind{{{"one", 1}, {"two", 2}, {"three", 3}}};
  CHECK(kind.read("two") == 2);
  CHECK_FALSE(kind.read("Two"));
  CHECK_FALSE(kind.read("tw"));
  CHECK_FALSE(kind.read(""));
  CHECK(kind.wanted() == "one, two or three");
  CHECK(kind.text(3) == "three");
}

TEST_CASE("numbers are shown in threes") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1'000) == "1,000");
  CHECK(with_commas(12'345'678) == "12,345,678");
}

TEST_CASE("a time is put into whatever unit its owner counts in") {
  std::chrono::seconds seconds{};
  std::chrono::nanoseconds nanoseconds{};
  assign(seconds, 3000ms);
  assign(nanoseconds, 2ms);
  CHECK(seconds == 3s);
  CHECK(nanoseconds == 2ms);
}
