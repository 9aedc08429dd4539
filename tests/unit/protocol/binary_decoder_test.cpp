#include "protocol/binary_decoder.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

TEST_CASE("binary: the push that protocol.md shows is read") {
  const std::string frame = bytes("00 01 01 0a 04 31 37 726f6f6d3a6c6f626279 66696c65 dead");
  const decoded result = decode_binary_push(frame);
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref == string_ref("1"));
  CHECK(result.message.ref == string_ref("7"));
  CHECK(result.message.topic == "room:lobby");
  CHECK(result.message.event == "file");
  CHECK(result.message.payload.format == payload_format::binary);
  CHECK(result.message.payload.is_object);
  CHECK(hex(result.message.payload.bytes) == "dead");
}

TEST_CASE("binary: the push of v2_json_serializer_test.exs is read") {
  const decoded result =
      decode_binary_push(bytes("00 02 03 05 05") + "12" + "123" + "topic" + "event" + "efg");
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.payload.format == payload_format::binary);
}

TEST_CASE("binary: a ref of no bytes is null") {
  const std::string frame = bytes("00 00 00 01 01 74 65");
  const decoded result = decode_binary_push(frame);
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref.is_null());
  CHECK(result.message.ref.is_null());
  CHECK(result.message.payload.bytes.empty());
}

TEST_CASE("binary: fields of 255 bytes fit") {
  const std::string longest(255, 'a');
  const std::string frame =
      bytes("00 ff ff ff ff") + longest + longest + longest + longest + "data";
  const decoded result = decode_binary_push(frame);
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.event == longest);
  CHECK(result.message.payload.bytes == "data");
}

TEST_CASE("binary: a frame shorter than its lengths say is malformed") {
  for (const auto* frame : {"00", "00 01", "00 00 00 01", "00 00 00 01 01", "00 00 00 01 01 74",
                            "00 ff ff ff ff", "00 01 01 01 01 31 37 74"})
    CHECK(decode_binary_push(bytes(frame)).error == decode_errc::malformed);
}

TEST_CASE("binary: what came before the end of a short frame can be answered") {
  const std::string frame = bytes("00 01 01 01 05 31 37 74 65");
  const decoded result = decode_binary_push(frame);
  CHECK(result.error == decode_errc::malformed);
  CHECK(result.is_answerable());
}

TEST_CASE("binary: names and refs are judged as in the other encodings") {
  CHECK(decode_binary_push(bytes("00 00 00 01 01 20 65")).error == decode_errc::invalid_topic);
  CHECK(decode_binary_push(bytes("00 00 00 00 01 65")).error == decode_errc::invalid_topic);
  CHECK(decode_binary_push(bytes("00 00 00 01 00 74")).error == decode_errc::invalid_event);
  CHECK(decode_binary_push(bytes("00 01 00 01 01 ff 74 65")).error == decode_errc::invalid_string);
  CHECK(decode_binary_push(bytes("00 00 00 01 01 ff 65")).error == decode_errc::invalid_string);
}

TEST_CASE("binary: the payload may hold any bytes") {
  std::string payload;
  for (int byte = 0; byte < 256; ++byte)
    payload.push_back(static_cast<char>(byte));
  const std::string frame = bytes("00 00 00 01 01 74 65") + payload;
  CHECK(decode_binary_push(frame).message.payload.bytes == payload);
}
