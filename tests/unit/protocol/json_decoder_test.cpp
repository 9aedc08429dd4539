#include "protocol/json_decoder.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;
using namespace std::string_view_literals;

namespace {

// Keeps the decoder, whose memory the result refers to.
class decoding {
public:
  explicit decoding(message_limits limits = {}) : limits_(limits) {}
  decoded v2(std::string_view text) { return decoder_.decode(text, json_envelope::array, limits_); }
  decoded v1(std::string_view text) {
    return decoder_.decode(text, json_envelope::object, limits_);
  }
  decode_errc payload(std::string_view text) {
    return v2(R"(["1","7","room:a","e",)" + std::string{text} + "]").error;
  }

private:
  message_limits limits_;
  json_decoder decoder_;
};

decode_errc v2_error(std::string_view text) {
  return decoding{}.v2(text).error;
}

decode_errc payload_error(std::string_view payload, message_limits limits = {}) {
  return decoding{limits}.payload(payload);
}

} // namespace

TEST_CASE("V2: a push is read") {
  decoding json_text;
  const decoded result = json_text.v2(R"(["1","7","room:a","new_msg",{"body":"hi"}])");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref == string_ref("1"));
  CHECK(result.message.ref == string_ref("7"));
  CHECK(result.message.topic == "room:a");
  CHECK(result.message.event == "new_msg");
  CHECK(result.message.payload.bytes == R"({"body":"hi"})");
  CHECK(result.message.payload.is_object);
  CHECK_FALSE(result.is_msgpack);
}

TEST_CASE("V2: the heartbeat's null join_ref stays null") {
  decoding json_text;
  const decoded result = json_text.v2(R"([null,"5","phoenix","heartbeat",{}])");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref.is_null());
  CHECK(result.is_answerable());
}

TEST_CASE("V2: integer refs keep the text they were written with") {
  decoding json_text;
  const decoded result = json_text.v2(R"([-0,18446744073709551615,"t","e",{}])");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref == integer_ref("-0"));
  CHECK(result.message.ref == integer_ref("18446744073709551615"));
}

TEST_CASE("V2: names and refs are delivered unescaped") {
  decoding json_text;
  const decoded result = json_text.v2(R"(["\u0031","a\"b\u20ac","room\u003aa","\/e",{}])");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref == string_ref("1"));
  CHECK(result.message.ref == string_ref("a\"b\xe2\x82\xac"));
  CHECK(result.message.topic == "room:a");
  CHECK(result.message.event == "/e");
}

TEST_CASE("V2: the payload is exactly its bytes, without the white space around it") {
  for (const auto payload : {R"({ "a" : [ 1 , 2 ] })"sv, "[]"sv, "{}"sv, "\"x\\\"]\""sv, "-1.5e3"sv,
                             "true"sv, "false"sv, "null"sv, "0"sv}) {
    decoding json_text;
    const std::string text =
        " [ null ,\t\"1\",\r\n\"t\" , \"e\"  , " + std::string{payload} + " \n, [ 7 ] ] ";
    const decoded result = json_text.v2(text);
    INFO(text);
    REQUIRE(result.error == decode_errc::ok);
    CHECK(result.message.payload.bytes == payload);
    CHECK(result.message.payload.is_object == payload.starts_with('{'));
  }
}

TEST_CASE("V2: further elements are ignored, but have to be valid") {
  CHECK(v2_error(R"(["1","7","t","e",{},6,{"seven":7}])") == decode_errc::ok);
  CHECK(v2_error(R"(["1","7","t","e",{},6,{"a":1,"a":2}])") == decode_errc::duplicate_key);
  CHECK(v2_error(R"(["1","7","t","e",{},})") == decode_errc::malformed);
  CHECK(v2_error(R"(["1","7","t","e",{},])") == decode_errc::malformed);
}

TEST_CASE("V2: fewer than five elements are the wrong arity") {
  for (const auto text :
       {"[]"sv, "[null]"sv, R"(["1","7"])"sv, R"(["1","7","t"])"sv, R"(["1","7","t","e"])"sv})
    CHECK(v2_error(text) == decode_errc::wrong_arity);
}

TEST_CASE("V2: an envelope that is no array is the wrong type") {
  for (const auto text : {"{}"sv, "1"sv, "\"x\""sv, "null"sv, "true"sv,
                          R"({"topic":"t","event":"e","payload":{},"ref":"1"})"sv})
    CHECK(v2_error(text) == decode_errc::wrong_type);
}

TEST_CASE("V2: topic and event are strings, refs are strings, integers or null") {
  for (const auto text :
       {R"(["1","7",null,"e",{}])"sv, R"(["1","7",8,"e",{}])"sv, R"(["1","7",["t"],"e",{}])"sv,
        R"(["1","7","t",null,{}])"sv, R"(["1","7","t",{},{}])"sv, R"([true,"7","t","e",{}])"sv,
        R"([{},"7","t","e",{}])"sv, R"([1.0,"7","t","e",{}])"sv, R"(["1",1e2,"t","e",{}])"sv,
        R"(["1",["7"],"t","e",{}])"sv, R"(["1",false,"t","e",{}])"sv})
    CHECK(v2_error(text) == decode_errc::wrong_type);
}

TEST_CASE("V2: a topic or event outside the alphabet is refused, and its sender can be told") {
  decoding json_text;
  const decoded topic = json_text.v2(R"(["1","7","room a","e",{}])");
  CHECK(topic.error == decode_errc::invalid_topic);
  CHECK(topic.is_answerable());
  CHECK(topic.message.topic == "room a");
  const decoded event = json_text.v2(R"(["1","7","t","",{}])");
  CHECK(event.error == decode_errc::invalid_event);
  CHECK(event.is_answerable());
}

TEST_CASE("V2: the first of two faults is the one reported") {
  CHECK(v2_error(R"(["1","7","room a","e",{"a":1,"a":1}])") == decode_errc::invalid_topic);
}

TEST_CASE("V2: a ref of 256 bytes is refused, a topic as long by an answer that names it") {
  const std::string big(256, '1');
  const std::string huge(1 << 20, '1');
  for (const std::string& text : {big, huge}) {
    CHECK(v2_error("[null,\"" + text + "\",\"t\",\"e\",{}]") == decode_errc::invalid_ref);
    CHECK(v2_error("[\"" + text + "\",\"1\",\"t\",\"e\",{}]") == decode_errc::invalid_ref);
    decoding json_text;
    const decoded result = json_text.v2("[null,\"1\",\"" + text + "\",\"e\",{}]");
    CHECK(result.error == decode_errc::invalid_topic);
    CHECK(result.is_answerable());
    CHECK(result.message.topic == text);
  }
}

TEST_CASE("V2: what was read before a fault is there, so that it can be answered") {
  for (const auto rest : {","sv, ",\"e\""sv, ",\"e\","sv, ",\"e\",{"sv, ",\"e\",{}"sv, ",7,{}]"sv,
                          ",\"e\",{\"a\":1e999}]"sv, ",\"e\",{}]x"sv}) {
    decoding json_text;
    const decoded result = json_text.v2("[\"1\",\"7\",\"room:a\"" + std::string{rest});
    INFO(rest);
    CHECK(result.error != decode_errc::ok);
    CHECK(result.is_answerable());
    CHECK(result.message.topic == "room:a");
    CHECK(result.message.ref == string_ref("7"));
  }
}

TEST_CASE("V1: an object is read, its keys in any order and others ignored") {
  decoding json_text;
  const decoded result = json_text.v1(
      R"({"x":[1,{"y":2}],"payload": {"a":1} ,"ref":"7","event":"e","join_ref":"1","topic":"t"})");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref == string_ref("1"));
  CHECK(result.message.ref == string_ref("7"));
  CHECK(result.message.topic == "t");
  CHECK(result.message.event == "e");
  CHECK(result.message.payload.bytes == R"({"a":1})");
}

TEST_CASE("V1: join_ref may be missing, a ref may be null") {
  decoding json_text;
  const decoded result = json_text.v1(R"({"topic":"t","event":"e","payload":[],"ref":null})");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref.is_null());
  CHECK(result.message.ref.is_null());
  CHECK_FALSE(result.message.payload.is_object);
}

TEST_CASE("V1: an array is the wrong type, and each of the other four keys is needed") {
  CHECK(decoding{}.v1(R"(["1","7","t","e",{}])").error == decode_errc::wrong_type);
  for (const auto text :
       {R"({"event":"e","payload":{},"ref":"1"})"sv, R"({"topic":"t","payload":{},"ref":"1"})"sv,
        R"({"topic":"t","event":"e","ref":"1"})"sv, R"({"topic":"t","event":"e","payload":{}})"sv,
        "{}"sv})
    CHECK(decoding{}.v1(text).error == decode_errc::wrong_arity);
}

TEST_CASE("V1: an escaped key is the key it spells, so it can be a duplicate") {
  CHECK(decoding{}.v1(R"({"t\u006fpic":"t","event":"e","payload":{},"ref":"1"})").error ==
        decode_errc::ok);
  CHECK(
      decoding{}.v1(R"({"topic":"a","t\u006fpic":"b","event":"e","payload":{},"ref":"1"})").error ==
      decode_errc::duplicate_key);
}

TEST_CASE("V1: keys named like the envelope's inside the payload mean nothing") {
  decoding json_text;
  const decoded result = json_text.v1(
      R"({"payload":{"topic":1,"ref":[],"payload":{}},"topic":"t","event":"e","ref":"1"})");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.payload.bytes == R"({"topic":1,"ref":[],"payload":{}})");
}

TEST_CASE("JSON: the same key twice is refused at every level") {
  CHECK(payload_error(R"({"a":1,"a":2})") == decode_errc::duplicate_key);
  CHECK(payload_error(R"([{"x":{"b":1,"c":2,"b":3}}])") == decode_errc::duplicate_key);
  CHECK(payload_error(R"({"a":{"a":{"a":1}},"b":{"a":1}})") == decode_errc::ok);
}

TEST_CASE("JSON: a bad integer is refused, a good one passes") {
  for (const auto text : {"18446744073709551616"sv, "-9223372036854775809"sv,
                          "99999999999999999999"sv, "-18446744073709551615"sv})
    CHECK(payload_error(text) == decode_errc::invalid_number);
  for (const auto text :
       {"-0"sv, "9007199254740993"sv, "18446744073709551615"sv, "-9223372036854775808"sv, "0"sv})
    CHECK(payload_error(text) == decode_errc::ok);
}

TEST_CASE("JSON: a real has to be finite") {
  for (const auto text : {"1e309"sv, "-1e309"sv, "1e999999999999"sv, "1.7976931348623159e308"sv})
    CHECK(payload_error(text) == decode_errc::invalid_number);
  for (const auto text : {"1e308"sv, "1e-400"sv, "-0.0"sv, "0.1"sv, "5e-324"sv})
    CHECK(payload_error(text) == decode_errc::ok);
}

TEST_CASE("JSON: a number's text is bounded") {
  CHECK(payload_error("0." + std::string(30, '1')) == decode_errc::ok);
  CHECK(payload_error("0." + std::string(31, '1')) == decode_errc::invalid_number);
  CHECK(payload_error("0." + std::string(400, '1')) == decode_errc::invalid_number);
  CHECK(payload_error("12345", {.number_chars_max = 4}) == decode_errc::invalid_number);
}

TEST_CASE("JSON: what is no JSON number is malformed") {
  for (const auto text : {"NaN"sv, "Infinity"sv, "-Infinity"sv, "+1"sv, "01"sv, "1."sv, ".5"sv,
                          "0x10"sv, "1e"sv, "-"sv, "1_000"sv})
    CHECK(payload_error(text) == decode_errc::malformed);
}

TEST_CASE("JSON: lone surrogates are refused in values and keys, pairs are not") {
  for (const auto text : {R"("\ud800")"sv, R"("\udc00")"sv, R"("\ud800x")"sv, R"("\ud800\ud800")"sv,
                          R"("\udfff\ud800")"sv, R"({"\udc00":1})"sv, R"(["a","b\udead"])"sv})
    CHECK(payload_error(text) == decode_errc::invalid_string);
  CHECK(payload_error(R"("\ud83d\ude00")") == decode_errc::ok);
  // U+D7FF begins with ed as surrogates do.
  CHECK(payload_error("\"\\n\xed\x9f\xbf\"") == decode_errc::ok);
}

TEST_CASE("JSON: a NUL byte, a BOM or anything behind the envelope is malformed") {
  CHECK(v2_error("[\"1\",\"7\",\"t\",\"e\",{}]\0"sv) == decode_errc::malformed);
  CHECK(v2_error("[\"1\",\"7\",\"t\",\"e\",{}]\0[]"sv) == decode_errc::malformed);
  CHECK(v2_error("\0[\"1\",\"7\",\"t\",\"e\",{}]"sv) == decode_errc::malformed);
  CHECK(v2_error("\xef\xbb\xbf[\"1\",\"7\",\"t\",\"e\",{}]") == decode_errc::malformed);
  CHECK(v2_error(R"(["1","7","t","e",{}] [])") == decode_errc::malformed);
  CHECK(v2_error(R"(["1","7","t","e",{}]])") == decode_errc::malformed);
}

TEST_CASE("JSON: an escaped NUL is a character") {
  CHECK(payload_error(R"("\u0000")") == decode_errc::ok);
}

TEST_CASE("JSON: control characters, bad escapes, comments and single quotes are malformed") {
  for (const auto text :
       {"\"\n\""sv, "\"\x01\""sv, R"("\x41")"sv, R"("\u12g4")"sv, "'a'"sv, "/* */ 1"sv, "{a:1}"sv,
        "[1,]"sv, R"({"a":1,})"sv, "[1 2]"sv, "tru"sv, "nul"sv, "{\"a\"}"sv, "[1}"sv, ""sv})
    CHECK(payload_error(text) == decode_errc::malformed);
}

TEST_CASE("JSON: nesting is bounded, the envelope included") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(payload_error(nested(31)) == decode_errc::ok);
  CHECK(payload_error(nested(32)) == decode_errc::too_deep);
  CHECK(payload_error(R"({"a":{"b":1}})", {.depth_max = 3}) == decode_errc::ok);
  CHECK(payload_error(R"({"a":{"b":[]}})", {.depth_max = 3}) == decode_errc::too_deep);
}

TEST_CASE("JSON: values are counted over the whole message, the envelope included") {
  // Envelope, its five elements and the two of the list are eight values.
  CHECK(payload_error("[1,2]", {.elements_max = 8}) == decode_errc::ok);
  CHECK(payload_error("[1,2]", {.elements_max = 7}) == decode_errc::too_many_elements);
  std::string lists = "[[]";
  for (int list = 0; list < 4096; ++list)
    lists += ",[]";
  CHECK(payload_error(lists + "]") == decode_errc::too_many_elements);
}

TEST_CASE("JSON: a decoder that refused a message reads the next one as if nothing had been") {
  decoding json_text;
  CHECK(json_text.v2(R"(["1","7","t","e",{"a":{"b":)").error == decode_errc::malformed);
  CHECK(json_text.v2(R"(["1","7","t","e",{"a":1,"b":{"a":1}}])").error == decode_errc::ok);
}
