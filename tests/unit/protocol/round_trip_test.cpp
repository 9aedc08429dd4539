#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/transcode.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

constexpr std::array text_wires = {wire_format::json_v2, wire_format::json_v1};

std::string json_of(const payload_view& payload) {
  std::string out;
  append_json(out, payload);
  return out;
}

std::vector<message_view> samples() {
  static const std::string packed = bytes("82 a1 61 93 01 cb 3ff8000000000000 c0 a1 62 c4 02 00ff");
  return {
      {.join_ref = string_ref("1"),
       .ref = string_ref("7"),
       .topic = "room:a",
       .event = "new_msg",
       .payload = json(R"({"body":"h\u00e9\n","n":[1,-2.5,true,null,{}]})")},
      {.ref = integer_ref("18446744073709551615"),
       .topic = "t",
       .event = "e",
       .payload = json("[]")},
      {.topic = "t", .event = "e", .payload = json("null")},
      {.join_ref = integer_ref("-3"),
       .ref = string_ref(""),
       .topic = "t",
       .event = "e",
       .payload = msgpack_bytes(packed)},
  };
}

/// What JavaPhoenixClient does with the envelope: it cuts at commas, drops every quote and takes
/// the last character for the closing bracket. Only the payload meets a JSON parser.
struct cut_envelope {
  std::string join_ref;
  std::string ref;
  std::string topic;
  std::string event;
  std::string payload;
};

cut_envelope cut_like_the_kotlin_client(std::string text) {
  text.erase(0, 1);
  const auto up_to_comma = [&text] {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string part = text.substr(0, comma);
    text.erase(0, comma + 1);
    part.erase(std::remove(part.begin(), part.end(), '"'), part.end());
    return part;
  };
  cut_envelope cut;
  cut.join_ref = up_to_comma();
  cut.ref = up_to_comma();
  cut.topic = up_to_comma();
  cut.event = up_to_comma();
  text.pop_back();
  cut.payload = text;
  return cut;
}

void check_cut(const encoded_frame& frame, const message_view& expected,
               std::string_view expected_payload) {
  const auto cut = cut_like_the_kotlin_client(std::string{payload_of(frame)});
  const auto shown = [](const ref_view& ref) {
    return ref.is_null() ? std::string{"null"} : std::string{ref.text};
  };
  CHECK(cut.join_ref == shown(expected.join_ref));
  CHECK(cut.ref == shown(expected.ref));
  CHECK(cut.topic == expected.topic);
  CHECK(cut.event == expected.event);
  CHECK(cut.payload == expected_payload);
}

} // namespace

TEST_CASE("what is encoded as V2 text or MessagePack decodes to the same message") {
  decoder any{{}};
  for (const message_view& sample : samples()) {
    for (const wire_format wire : {wire_format::json_v2, wire_format::msgpack}) {
      const auto frame = encode_message(wire, sample);
      const decoded back = opcode_of(*frame) == opcode::text
                               ? any.decode_text(payload_of(*frame), wire)
                               : any.decode_binary(payload_of(*frame));
      REQUIRE(back.error == decode_errc::ok);
      CHECK(back.message.join_ref == sample.join_ref);
      CHECK(back.message.ref == sample.ref);
      CHECK(back.message.topic == sample.topic);
      CHECK(back.message.event == sample.event);
    }
  }
}

TEST_CASE("what is encoded as V1 text decodes to the same message without its join_ref") {
  decoder any{{}};
  for (const message_view& sample : samples()) {
    const auto frame = encode_message(wire_format::json_v1, sample);
    const decoded back = any.decode_text(payload_of(*frame), wire_format::json_v1);
    REQUIRE(back.error == decode_errc::ok);
    CHECK(back.message.join_ref.is_null());
    CHECK(back.message.ref == sample.ref);
    CHECK(back.message.topic == sample.topic);
    CHECK(back.message.payload.bytes == json_of(sample.payload));
  }
}

TEST_CASE("a payload that goes the same way in and out is not touched") {
  decoder any{{}};
  const std::string spaced = R"(["1","7","t","e",{ "a" : 1.50 ,"b":"\u0041" }])";
  const decoded text = any.decode_text(spaced, wire_format::json_v2);
  CHECK(payload_of(*encode_message(wire_format::json_v2, text.message)) == spaced);
  const std::string packed =
      bytes("95 a1 31 a1 37 a1 74 a1 65 de 00 01 d9 01 61 d3 0000000000000001");
  const decoded message = any.decode_binary(packed);
  REQUIRE(message.error == decode_errc::ok);
  CHECK(payload_of(*encode_message(wire_format::msgpack, message.message)) == packed);
}

TEST_CASE("a binary push comes out as a broadcast with the same bytes") {
  decoder any{{}};
  const std::string push = bytes("00 01 01 0a 04 31 37 726f6f6d3a6c6f626279 66696c65 dead");
  const decoded in = any.decode_binary(push);
  REQUIRE(in.error == decode_errc::ok);
  const auto frame = encode_message(
      wire_format::json_v2,
      {.topic = in.message.topic, .event = in.message.event, .payload = in.message.payload});
  CHECK(hex(payload_of(*frame)) == "020a04726f6f6d3a6c6f62627966696c65dead");
}

TEST_CASE("the Kotlin client, which cuts envelopes at commas, reads every message") {
  for (const message_view& sample : samples())
    check_cut(*encode_message(wire_format::json_v2, sample), sample, json_of(sample.payload));
}

TEST_CASE("the Kotlin client reads every reply, error and close") {
  for (const auto* status : {"ok", "error"})
    for (const auto* response :
         {"{}", R"({"reason":"unmatched topic"})", R"({"a":[1,2],"b":"]"})"}) {
      const message_view expected{.join_ref = string_ref("1"),
                                  .ref = string_ref("7"),
                                  .topic = "room:a",
                                  .event = "phx_reply"};
      const auto frame = encode_reply(wire_format::json_v2, {.join_ref = expected.join_ref,
                                                             .ref = expected.ref,
                                                             .topic = expected.topic,
                                                             .status = status,
                                                             .response = json(response)});
      check_cut(*frame, expected,
                std::string{R"({"status":")"} + status + R"(","response":)" + response + "}");
    }
  for (const auto* event : {"phx_close", "phx_error", "presence_diff"}) {
    const message_view message{
        .join_ref = string_ref("1"), .ref = string_ref("1"), .topic = "room:a", .event = event};
    check_cut(*encode_message(wire_format::json_v2, message), message, "{}");
  }
}

TEST_CASE("no text frame has white space in its envelope, even for a payload that has some") {
  const message_view message{
      .join_ref = string_ref("1"), .topic = "t", .event = "e", .payload = json("{ }")};
  for (const wire_format wire : text_wires) {
    std::string text{payload_of(*encode_message(wire, message))};
    text.erase(text.find("{ }"), 3);
    CHECK(text.find_first_of(" \t\r\n") == std::string::npos);
  }
}
