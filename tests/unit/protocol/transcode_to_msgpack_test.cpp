#include "protocol/transcode.hpp"

#include "base/ensure.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

std::string msgpack_of(const payload_view& payload) {
  std::string out;
  append_msgpack(out, payload);
  return out;
}

std::string hex_of(std::string_view json_text) {
  return hex(msgpack_of(json(json_text)));
}

std::string there_and_back(std::string_view json_text) {
  std::string out;
  append_json(out, msgpack_bytes(msgpack_of(json(json_text))));
  return out;
}

// Compact JSON with the spelling that our own writer uses, so that it comes back byte for byte.
class random_json {
public:
  explicit random_json(unsigned seed) : random_(seed) {}

  std::string value(unsigned depth = 0) {
    switch (below(depth < 5 ? 9 : 7)) {
    case 0:
      return "null";
    case 1:
      return below(2) == 0 ? "true" : "false";
    case 2:
      return std::to_string(static_cast<std::int64_t>(random_()) >> below(64));
    case 3:
      return std::to_string(random_() >> below(64));
    case 4:
      return std::to_string(below(1000)) + "." + std::to_string(1 + below(9));
    case 5:
    case 6:
      return string(below(40));
    case 7:
      return list(depth);
    default:
      return map(depth);
    }
  }

private:
  std::string string(unsigned size) {
    std::string out = "\"";
    for (unsigned at = 0; at < size; ++at) {
      constexpr std::array<const char*, 6> pieces{"a", "\\n", "\\\"", "\xc3\xa9", "\\u0001", "["};
      out += pieces[below(pieces.size())];
    }
    return out + '"';
  }
  std::string list(unsigned depth) {
    std::string out = "[";
    for (unsigned left = below(24); left > 0; --left)
      out += value(depth + 1) + (left > 1 ? "," : "");
    return out + ']';
  }
  std::string map(unsigned depth) {
    std::string out = "{";
    for (unsigned left = below(24); left > 0; --left)
      out += "\"k" + std::to_string(left) + "\":" + value(depth + 1) + (left > 1 ? "," : "");
    return out + '}';
  }
  unsigned below(std::size_t limit) { return static_cast<unsigned>(random_() % limit); }

  std::mt19937_64 random_;
};

} // namespace

TEST_CASE("to MessagePack: a MessagePack payload is passed through byte for byte") {
  const std::string odd = bytes("dc 00 01 d3 00 00 00 00 00 00 00 01");
  CHECK(msgpack_of(msgpack_bytes(odd)) == odd);
}

TEST_CASE("to MessagePack: an opaque binary payload is bin") {
  CHECK(hex(msgpack_of(binary(bytes("de ad")))) == "c402dead");
  CHECK(hex(msgpack_of(binary(""))) == "c400");
  CHECK(hex(msgpack_of(binary(std::string(256, 'x'))).substr(0, 3)) == "c50100");
}

TEST_CASE("to MessagePack: scalars take the shortest form") {
  CHECK(hex_of("null") == "c0");
  CHECK(hex_of("true") == "c3");
  CHECK(hex_of("false") == "c2");
  CHECK(hex_of("0") == "00");
  CHECK(hex_of("127") == "7f");
  CHECK(hex_of("128") == "cc80");
  CHECK(hex_of("-1") == "ff");
  CHECK(hex_of("-33") == "d0df");
  CHECK(hex_of("18446744073709551615") == "cfffffffffffffffff");
  CHECK(hex_of("-9223372036854775808") == "d38000000000000000");
  CHECK(hex_of(R"("hi")") == "a26869");
  CHECK(hex_of(R"("\u00e9\ud83d\ude00")") == "a6c3a9f09f9880");
}

TEST_CASE("to MessagePack: a real is a float 64, even with a whole value") {
  CHECK(hex_of("1.0") == "cb3ff0000000000000");
  CHECK(hex_of("1e2") == "cb4059000000000000");
  CHECK(hex_of("-0.0") == "cb8000000000000000");
  CHECK(hex_of("0.1") == "cb3fb999999999999a");
  CHECK(hex_of("1.7976931348623157e308") == "cb7fefffffffffffff");
  CHECK(hex_of("1e-400") == "cb0000000000000000");
}

TEST_CASE("to MessagePack: containers of 15, 16 and 65536 elements have the right header") {
  const auto list_of = [](std::size_t count) {
    std::string out = "[";
    for (std::size_t at = 0; at < count; ++at)
      out += at == 0 ? "7" : ",7";
    return out + "]";
  };
  CHECK(hex_of("[]") == "90");
  CHECK(hex_of("{}") == "80");
  CHECK(hex_of(list_of(15)).substr(0, 4) == "9f07");
  CHECK(hex_of(list_of(16)).substr(0, 8) == "dc001007");
  CHECK(hex_of(list_of(65535)).substr(0, 8) == "dcffff07");
  CHECK(hex_of(list_of(65536)).substr(0, 12) == "dd0001000007");
  CHECK(msgpack_of(json(list_of(65536))).size() == 5 + 65536);
}

TEST_CASE("to MessagePack: headers that grow inside each other do not disturb each other") {
  std::string inner = "[0";
  for (int at = 1; at < 20; ++at)
    inner += "," + std::to_string(at);
  inner += "]";
  std::string outer = "{\"k0\":" + inner;
  for (int at = 1; at < 20; ++at)
    outer += ",\"k" + std::to_string(at) + "\":" + inner;
  outer += "}";
  CHECK(there_and_back(outer) == outer);
}

TEST_CASE("JSON to MessagePack and back is the same value, and the same text where it was short") {
  for (const auto* text :
       {"null", "0", "-1", "1.5", "1.0", "-0.0", "9007199254740993", "18446744073709551615",
        R"("\"\\\n\u0000")", "[]", "{}", R"({"":""})", R"([[[{"a":[{}]}]]])", R"(["[","{",","])"})
    CHECK(there_and_back(text) == text);
  CHECK(there_and_back(R"( { "a" : [ 1 , "\u0041\/" ] } )") == R"({"a":[1,"A/"]})");
  CHECK(there_and_back("1E2") == "100.0");
}

TEST_CASE("random JSON survives the way to MessagePack and back byte for byte") {
  random_json random{4711};
  for (int round = 0; round < 500; ++round) {
    const std::string text = random.value();
    INFO(text);
    REQUIRE(there_and_back(text) == text);
  }
}

TEST_CASE("to MessagePack: a payload the decoder would have refused is a broken invariant") {
  using lintel::base::broken_invariant;
  for (const auto* text : {"", "[1", "1 2", "{\"a\"}", "nul", "18446744073709551616", "1e309"}) {
    INFO(text);
    CHECK_THROWS_AS(hex_of(text), broken_invariant);
  }
}
