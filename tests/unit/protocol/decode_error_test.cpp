#include "protocol/decode_error.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace lintel::protocol;

TEST_CASE("decode errors: each has a reason of its own that a client can be told") {
  std::set<std::string> reasons;
  constexpr int count = static_cast<int>(decode_errc::unsupported_value) + 1;
  for (int value = 0; value < count; ++value) {
    const std::string_view reason = describe(static_cast<decode_errc>(value));
    CHECK_FALSE(reason.empty());
    CHECK(reason != "unknown error");
    reasons.emplace(reason);
  }
  CHECK(reasons.size() == count);
}

TEST_CASE("decode errors: the reasons that apps compare with stay as they are") {
  CHECK(describe(decode_errc::malformed) == "malformed message");
  CHECK(describe(decode_errc::too_deep) == "too deep");
  CHECK(describe(decode_errc::invalid_topic) == "invalid topic");
}

TEST_CASE("decode errors: a number from a newer version is described all the same") {
  CHECK(describe(static_cast<decode_errc>(200)) == "unknown error");
}
