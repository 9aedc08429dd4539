#include "protocol/json_number.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>

using namespace lintel::protocol;

namespace {

template <typename Number>
bool is(std::string_view text, Number expected) {
  const auto number = parse_json_number(text);
  return number && std::holds_alternative<Number>(*number) && std::get<Number>(*number) == expected;
}

std::string real_text(double real) {
  std::string out;
  append_real(out, real);
  return out;
}

} // namespace

TEST_CASE("integers are exact up to both ends of 64 bits") {
  CHECK(is<std::int64_t>("0", 0));
  CHECK(is<std::int64_t>("-0", 0));
  CHECK(is<std::int64_t>("9007199254740993", 9007199254740993)); // 2^53 + 1
  CHECK(is<std::int64_t>("9223372036854775807", std::numeric_limits<std::int64_t>::max()));
  CHECK(is<std::int64_t>("-9223372036854775808", std::numeric_limits<std::int64_t>::min()));
  CHECK(is<std::uint64_t>("9223372036854775808", 9223372036854775808U));
  CHECK(is<std::uint64_t>("18446744073709551615", std::numeric_limits<std::uint64_t>::max()));
}

TEST_CASE("integers beyond 64 bits are no numbers here, not even as reals") {
  CHECK_FALSE(parse_json_number("18446744073709551616"));
  CHECK_FALSE(parse_json_number("-9223372036854775809"));
  CHECK_FALSE(parse_json_number("99999999999999999999999999999999"));
}

TEST_CASE("reals beyond a double are refused, reals below are zero with their sign") {
  CHECK(is<double>("1.7976931348623157e308", std::numeric_limits<double>::max()));
  CHECK_FALSE(parse_json_number("1e309"));
  CHECK_FALSE(parse_json_number("-1e309"));
  CHECK(is<double>("5e-324", std::numeric_limits<double>::denorm_min()));
  CHECK(is<double>("1e-400", 0.0));
  CHECK(std::signbit(std::get<double>(*parse_json_number("-1E-400"))));
  CHECK(std::signbit(std::get<double>(*parse_json_number("-0.0"))));
}

TEST_CASE("a real with a whole value stays a real") {
  CHECK(is<double>("1.0", 1.0));
  CHECK(is<double>("1e2", 100.0));
  CHECK(real_text(1.0) == "1.0");
  CHECK(real_text(-0.0) == "-0.0");
  CHECK(real_text(1e300) == "1e+300");
}

TEST_CASE("every finite double comes back from its text with the same bits") {
  std::mt19937_64 random{20260101};
  for (int round = 0; round < 20000; ++round) {
    const auto real = std::bit_cast<double>(random());
    if (!std::isfinite(real))
      continue;
    const auto again = parse_json_number(real_text(real));
    REQUIRE(again);
    REQUIRE(std::bit_cast<std::uint64_t>(std::get<double>(*again)) ==
            std::bit_cast<std::uint64_t>(real));
  }
}

TEST_CASE("the text of a double fits the limit of the decoder") {
  CHECK(real_text(-std::numeric_limits<double>::denorm_min()).size() <= 32);
  CHECK(real_text(-std::numeric_limits<double>::max()).size() <= 32);
  CHECK(real_text(-2.2250738585072014e-308).size() <= 32);
}

TEST_CASE("the text of a number is found from its end") {
  CHECK(number_before("[1,-2.5e+3]", 10) == "-2.5e+3");
  CHECK(number_before("17", 2) == "17");
  CHECK(number_before("[1]", 1).empty());
}
