#include "protocol/transcode.hpp"

#include "base/ensure.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

std::string json_of(const payload_view& payload) {
  std::string out;
  append_json(out, payload);
  return out;
}

std::string json_of(std::string_view hex_bytes) {
  return json_of(msgpack_bytes(bytes(hex_bytes)));
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

} // namespace

TEST_CASE("to JSON: a JSON payload is passed through byte for byte, white space included") {
  const auto* text = R"({ "a" : [1,  2.50] })";
  CHECK(json_of(json(text)) == text);
}

TEST_CASE("to JSON: an opaque binary payload is an object that names its encoding") {
  CHECK(json_of(binary(bytes("de ad"))) == R"({"encoding":"base64","data":"3q0="})");
  CHECK(json_of(binary("")) == R"({"encoding":"base64","data":""})");
}

TEST_CASE("to JSON: scalars") {
  CHECK(json_of("c0") == "null");
  CHECK(json_of("c2") == "false");
  CHECK(json_of("c3") == "true");
  CHECK(json_of("a0") == R"("")");
  CHECK(json_of("a5 68656c6c6f") == R"("hello")");
}

TEST_CASE("to JSON: integers of every width stay exact") {
  CHECK(json_of("00") == "0");
  CHECK(json_of("7f") == "127");
  CHECK(json_of("ff") == "-1");
  CHECK(json_of("e0") == "-32");
  CHECK(json_of("cc ff") == "255");
  CHECK(json_of("cd ff ff") == "65535");
  CHECK(json_of("ce ff ff ff ff") == "4294967295");
  CHECK(json_of("cf ff ff ff ff ff ff ff ff") == "18446744073709551615");
  CHECK(json_of("d0 80") == "-128");
  CHECK(json_of("d0 05") == "5");
  CHECK(json_of("d1 80 00") == "-32768");
  CHECK(json_of("d2 80 00 00 00") == "-2147483648");
  CHECK(json_of("d3 80 00 00 00 00 00 00 00") == "-9223372036854775808");
  CHECK(json_of("cf 00 20 00 00 00 00 00 01") == "9007199254740993");
}

TEST_CASE("to JSON: reals are the shortest text that reads back the same") {
  CHECK(json_of("cb 3f f0 00 00 00 00 00 00") == "1.0");
  CHECK(json_of("cb 3f b9 99 99 99 99 99 9a") == "0.1");
  CHECK(json_of("cb 80 00 00 00 00 00 00 00") == "-0.0");
  CHECK(json_of("cb 7f ef ff ff ff ff ff ff") == "1.7976931348623157e+308");
  CHECK(json_of("ca 3f 00 00 00") == "0.5");
  // A MessagePack peer reads this float as the same double.
  CHECK(json_of("ca 3d cc cc cd") == "0.10000000149011612");
}

TEST_CASE("to JSON: bin is a base64 string") {
  CHECK(json_of("c4 02 de ad") == R"("3q0=")");
  CHECK(json_of("c4 00") == R"("")");
  CHECK(json_of("81 a1 66 c4 03 66 6f 6f") == R"({"f":"Zm9v"})");
}

TEST_CASE("to JSON: containers nest, and commas stand between elements only") {
  CHECK(json_of("90") == "[]");
  CHECK(json_of("80") == "{}");
  CHECK(json_of("93 90 80 91 90") == "[[],{},[[]]]");
  CHECK(json_of("82 a1 61 92 01 02 a1 62 81 a1 63 c0") == R"({"a":[1,2],"b":{"c":null}})");
  // Strings that end like an opening bracket must not swallow a comma.
  CHECK(json_of("92 a1 5b a1 7b") == R"(["[","{"])");
  CHECK(json_of("82 a1 7b a1 7b a1 5b 01") == R"({"{":"{","[":1})");
}

TEST_CASE("to JSON: large containers in every header form") {
  CHECK(json_of("dc 00 02 01 02") == "[1,2]");
  CHECK(json_of("dd 00 00 00 02 01 02") == "[1,2]");
  CHECK(json_of("de 00 01 a1 61 01") == R"({"a":1})");
  CHECK(json_of("df 00 00 00 01 a1 61 01") == R"({"a":1})");
}

TEST_CASE("to JSON: what precedes in the buffer stays and does not confuse the commas") {
  std::string out = "[";
  append_json(out, msgpack_bytes(bytes("92 01 02")));
  CHECK(out == "[[1,2]");
}

TEST_CASE("RFC 8259 7: quote, backslash and control characters are escaped, the rest is not") {
  CHECK(quoted("plain") == R"("plain")");
  CHECK(quoted("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(quoted("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(quoted(std::string_view{"\0\x01\x1f", 3}) == R"("\u0000\u0001\u001f")");
  CHECK(quoted("\x7f\xc3\xa9\xf0\x9f\x98\x80") == "\"\x7f\xc3\xa9\xf0\x9f\x98\x80\"");
}

TEST_CASE("to JSON: a payload the decoder would have refused is a broken invariant") {
  using lintel::base::broken_invariant;
  for (const auto* hex_bytes : {"", "c1", "92 01", "01 02", "d4 01 00", "a5 61",
                                "cb 7f f8 00 00 00 00 00 00", "91 cb 7f f0 00 00 00 00 00 00"}) {
    INFO(hex_bytes);
    CHECK_THROWS_AS(json_of(hex_bytes), broken_invariant);
  }
}
