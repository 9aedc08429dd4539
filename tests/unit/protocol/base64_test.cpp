#include "protocol/base64.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

std::string base64(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

} // namespace

TEST_CASE("RFC 4648 10: the test vectors come out") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("RFC 4648 4: the standard alphabet is used, not the one for URLs") {
  CHECK(base64(bytes("fb ff bf")) == "+/+/");
  CHECK(base64(bytes("00 00 00")) == "AAAA");
  CHECK(base64(bytes("ff ff ff")) == "////");
}

TEST_CASE("base64 is appended, what was there stays") {
  std::string out = "x";
  append_base64(out, "f");
  CHECK(out == "xZg==");
}
