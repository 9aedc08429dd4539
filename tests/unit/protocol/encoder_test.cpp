#include "protocol/encoder.hpp"

#include "base/ensure.hpp"
#include "protocol/decoder.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

std::string text_of(const encoded_frame_ptr& frame) {
  REQUIRE(opcode_of(*frame) == opcode::text);
  return std::string{payload_of(*frame)};
}

std::string hex_of(const encoded_frame_ptr& frame) {
  REQUIRE(opcode_of(*frame) == opcode::binary);
  return hex(payload_of(*frame));
}

reply_view ok_reply(ref_view ref, std::string_view topic, payload_view response) {
  return {.join_ref = ref, .ref = ref, .topic = topic, .status = "ok", .response = response};
}

} // namespace

TEST_CASE("V2 text: replies look as in protocol.md 2.1") {
  CHECK(
      text_of(encode_reply(
          wire_format::json_v2,
          {.ref = string_ref("5"), .topic = "phoenix", .status = "ok", .response = json("{}")})) ==
      R"([null,"5","phoenix","phx_reply",{"status":"ok","response":{}}])");
  CHECK(text_of(encode_reply(wire_format::json_v2,
                             {.join_ref = string_ref("1"),
                              .ref = string_ref("1"),
                              .topic = "room:a",
                              .status = "error",
                              .response = json(R"({"reason":"unmatched topic"})")})) ==
        R"(["1","1","room:a","phx_reply",)"
        R"({"status":"error","response":{"reason":"unmatched topic"}}])");
}

TEST_CASE("V2 text: pushes, broadcasts and lifecycle events look as in protocol.md 2.1") {
  CHECK(text_of(encode_message(wire_format::json_v2, {.join_ref = string_ref("1"),
                                                      .topic = "room:a",
                                                      .event = "evt",
                                                      .payload = json(R"({"n":1})")})) ==
        R"(["1",null,"room:a","evt",{"n":1}])");
  CHECK(text_of(encode_message(wire_format::json_v2,
                               {.topic = "room:a", .event = "evt", .payload = json("{}")})) ==
        R"([null,null,"room:a","evt",{}])");
  CHECK(text_of(encode_message(wire_format::json_v2, {.join_ref = string_ref("1"),
                                                      .ref = string_ref("1"),
                                                      .topic = "room:a",
                                                      .event = "phx_close",
                                                      .payload = json("{}")})) ==
        R"(["1","1","room:a","phx_close",{}])");
}

TEST_CASE("refs are echoed with their type: phoenix.js compares them with ===") {
  const auto reply = ok_reply(integer_ref("7"), "t", json("{}"));
  CHECK(text_of(encode_reply(wire_format::json_v2, reply)) ==
        R"([7,7,"t","phx_reply",{"status":"ok","response":{}}])");
  CHECK(hex_of(encode_reply(wire_format::msgpack, reply)).starts_with("950707a174"));
  const auto quoted = ok_reply(string_ref("a\"\n"), "t", json("{}"));
  CHECK(text_of(encode_reply(wire_format::json_v2, quoted)).starts_with(R"(["a\"\n","a\"\n",)"));
}

TEST_CASE("a topic that is no name can be answered, escaped") {
  CHECK(
      text_of(encode_reply(wire_format::json_v2, ok_reply(string_ref("1"), "a\"b", json("{}")))) ==
      R"(["1","1","a\"b","phx_reply",{"status":"ok","response":{}}])");
}

TEST_CASE("V1 text: exactly four keys, join_ref dropped") {
  CHECK(text_of(encode_message(wire_format::json_v1, {.join_ref = string_ref("1"),
                                                      .ref = string_ref("7"),
                                                      .topic = "room:a",
                                                      .event = "evt",
                                                      .payload = json(R"({"n":1})")})) ==
        R"({"topic":"room:a","event":"evt","payload":{"n":1},"ref":"7"})");
  CHECK(text_of(
            encode_reply(wire_format::json_v1, ok_reply(string_ref("7"), "room:a", json("[]")))) ==
        R"({"topic":"room:a","event":"phx_reply",)"
        R"("payload":{"status":"ok","response":[]},"ref":"7"})");
}

TEST_CASE("V1 text: a binary payload is base64, for V1 has no binary frames") {
  CHECK(text_of(encode_message(wire_format::json_v1,
                               {.topic = "t", .event = "e", .payload = binary("foo")})) ==
        R"({"topic":"t","event":"e","payload":{"encoding":"base64","data":"Zm9v"},"ref":null})");
}

TEST_CASE("binary: the vectors of protocol.md 2.2 come out") {
  const std::string data = bytes("de ad");
  const std::string beef = bytes("be ef");
  CHECK(hex_of(encode_reply(wire_format::json_v2, {.join_ref = string_ref("1"),
                                                   .ref = string_ref("7"),
                                                   .topic = "room:lobby",
                                                   .status = "ok",
                                                   .response = binary(beef)})) ==
        "01"
        "01010a02"
        "3137"
        "726f6f6d3a6c6f626279"
        "6f6b"
        "beef");
  CHECK(hex_of(encode_message(wire_format::json_v2, {.join_ref = string_ref("1"),
                                                     .topic = "room:lobby",
                                                     .event = "file",
                                                     .payload = binary(data)})) ==
        "00"
        "010a04"
        "31"
        "726f6f6d3a6c6f626279"
        "66696c65"
        "dead");
  CHECK(hex_of(encode_message(wire_format::json_v2,
                              {.topic = "room:lobby", .event = "file", .payload = binary(data)})) ==
        "02"
        "0a04"
        "726f6f6d3a6c6f626279"
        "66696c65"
        "dead");
}

TEST_CASE("binary: the vectors of v2_json_serializer_test.exs come out") {
  const std::string data = bytes("65 66 67");
  const auto raw = [](std::string_view text) { return hex(text); };
  CHECK(hex_of(encode_message(wire_format::json_v2, {.join_ref = string_ref("12"),
                                                     .topic = "topic",
                                                     .event = "event",
                                                     .payload = binary(data)})) ==
        "00020505" + raw("12") + raw("topic") + raw("event") + "656667");
  CHECK(hex_of(encode_reply(wire_format::json_v2, {.join_ref = string_ref("12"),
                                                   .ref = string_ref("123"),
                                                   .topic = "topic",
                                                   .status = "ok",
                                                   .response = binary(data)})) ==
        "0102030502" + raw("12") + raw("123") + raw("topic") + raw("ok") + "656667");
  CHECK(hex_of(encode_message(wire_format::json_v2,
                              {.topic = "topic", .event = "event", .payload = binary(data)})) ==
        "020505" + raw("topic") + raw("event") + "656667");
}

TEST_CASE("binary: a field over 255 bytes is a broken invariant, never a wrong length byte") {
  const std::string huge(256, 'a');
  CHECK_THROWS_AS(
      encode_message(wire_format::json_v2, {.topic = huge, .event = "e", .payload = binary("x")}),
      lintel::base::broken_invariant);
}

TEST_CASE("MessagePack: messages and replies are arrays of five") {
  CHECK(hex_of(encode_message(wire_format::msgpack, {.join_ref = string_ref("1"),
                                                     .topic = "t",
                                                     .event = "e",
                                                     .payload = json(R"({"n":1})")})) ==
        "95a131c0a174a16581a16e01");
  CHECK(hex_of(encode_reply(wire_format::msgpack, ok_reply(string_ref("7"), "t", json("{}")))) ==
        "95a137a137a174" + hex("\xa9phx_reply") + "82" + hex("\xa6status") + hex("\xa2ok") +
            hex("\xa8response") + "80");
}

TEST_CASE("MessagePack: a binary payload is bin, also as a response") {
  CHECK(hex_of(encode_message(wire_format::msgpack,
                              {.topic = "t", .event = "e", .payload = binary("\x01\x02")})) ==
        "95c0c0a174a165c4020102");
  const std::string reply = hex_of(
      encode_reply(wire_format::msgpack, ok_reply(string_ref("7"), "t", binary("\x01\x02"))));
  CHECK(reply.ends_with(hex("\xa8response") + "c4020102"));
}

TEST_CASE("a MessagePack payload reaches JSON peers as JSON, with bin as base64") {
  const std::string value = bytes("81 a1 66 c4 03 66 6f 6f");
  const message_view message{.topic = "t", .event = "e", .payload = msgpack_bytes(value)};
  CHECK(text_of(encode_message(wire_format::json_v2, message)) ==
        R"([null,null,"t","e",{"f":"Zm9v"}])");
  CHECK(text_of(encode_message(wire_format::json_v1, message)) ==
        R"({"topic":"t","event":"e","payload":{"f":"Zm9v"},"ref":null})");
}

TEST_CASE("a message appended to others is the frame that it would be alone") {
  const std::string large = R"({"text":")" + std::string(70'000, 'x') + R"("})";
  const std::string value = bytes("81 a1 66 c4 03 66 6f 6f");
  for (const auto wire : {wire_format::json_v2, wire_format::json_v1, wire_format::msgpack})
    for (const payload_view& payload : {json(R"({"n":1})"), json(large), msgpack_bytes(value), binary("foo")})
      for (const ref_view& ref : {ref_view{}, string_ref("@5")}) {
        const message_view message{
            .join_ref = string_ref("1"), .ref = ref, .topic = "t", .event = "e", .payload = payload};
        std::string out = "before";
        append_message(out, wire, message);
        CHECK(out == "before" + std::string{encode_message(wire, message)->bytes()});
      }
}

TEST_CASE("close: code and text, or nothing at all") {
  CHECK(hex(encode_close(1012, "server restarts")->bytes()) == "8811"
                                                               "03f4" +
                                                                   hex("server restarts"));
  CHECK(hex(encode_close(0, "")->bytes()) == "8800");
  CHECK(encode_close(1001, std::string(123, 'x'))->size() == 127);
  CHECK_THROWS_AS(encode_close(1001, std::string(124, 'x')), lintel::base::broken_invariant);
}

TEST_CASE("every close row can be sent") {
  for (const close_row& row : close_rows())
    CHECK(opcode_of(*encode_close(row.code, row.text)) == opcode::close);
}

TEST_CASE("RFC 6455 5.5.3: a pong carries the ping's payload") {
  CHECK(hex(encode_pong("ping!")->bytes()) == "8a05" + hex("ping!"));
  CHECK(hex(encode_pong("")->bytes()) == "8a00");
  CHECK(encode_pong(std::string(125, 'p'))->size() == 127);
}

TEST_CASE("each frame encoded is counted") {
  const auto before = encoded_total();
  encode_pong("");
  encode_close(1001, "");
  encode_message(wire_format::json_v2, {.topic = "t", .event = "e"});
  encode_reply(wire_format::msgpack, ok_reply(string_ref("1"), "t", json("{}")));
  CHECK(encoded_total() == before + 4);
}
