#include "protocol/msgpack_decoder.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

// ["1", "7", "t", "e", <payload>]
const std::string push_start = bytes("95 a1 31 a1 37 a1 74 a1 65");

class decoding {
public:
  explicit decoding(message_limits limits = {}) : limits_(limits) {}
  decoded all(std::string_view message) { return decoder_.decode(message, limits_); }
  decode_errc payload(std::string_view hex_bytes) {
    return all(push_start + bytes(hex_bytes)).error;
  }

private:
  message_limits limits_;
  msgpack_decoder decoder_;
};

decode_errc payload_error(std::string_view hex_bytes, message_limits limits = {}) {
  return decoding{limits}.payload(hex_bytes);
}

decode_errc error_of(std::string_view hex_bytes) {
  return decoding{}.all(bytes(hex_bytes)).error;
}

} // namespace

TEST_CASE("MessagePack: a push is read, its payload by offset") {
  decoding msgpack_message;
  const std::string message = push_start + bytes("81 a1 61 01");
  const decoded result = msgpack_message.all(message);
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.is_msgpack);
  CHECK(result.message.join_ref == string_ref("1"));
  CHECK(result.message.ref == string_ref("7"));
  CHECK(result.message.topic == "t");
  CHECK(result.message.event == "e");
  CHECK(result.message.payload.format == payload_format::msgpack);
  CHECK(result.message.payload.is_object);
  CHECK(result.message.payload.bytes.data() == message.data() + push_start.size());
  CHECK(hex(result.message.payload.bytes) == "81a16101");
}

TEST_CASE("MessagePack: the three array headers of five are accepted") {
  const std::string rest = bytes("c0 c0 a1 74 a1 65 80");
  for (const auto* header : {"95", "dc 00 05", "dd 00 00 00 05"}) {
    decoding msgpack_message;
    CHECK(msgpack_message.all(bytes(header) + rest).error == decode_errc::ok);
  }
}

TEST_CASE("MessagePack: an array of another size is the wrong arity") {
  CHECK(error_of("dc 00 04 c0 c0 a1 74 a1 65") == decode_errc::wrong_arity);
  CHECK(error_of("dc 00 06 c0 c0 a1 74 a1 65 80 80") == decode_errc::wrong_arity);
  CHECK(error_of("dd 00 00 00 00") == decode_errc::wrong_arity);
}

TEST_CASE("MessagePack: refs may be nil, strings or integers") {
  decoding msgpack_message;
  const std::string nils = bytes("95 c0 c0 a1 74 a1 65 80");
  CHECK(msgpack_message.all(nils).message.ref.is_null());
  const std::string integers = bytes("95 d3 80 00 00 00 00 00 00 00 cf ff ff ff ff ff ff ff ff"
                                     "a1 74 a1 65 80");
  const decoded result = msgpack_message.all(integers);
  REQUIRE(result.error == decode_errc::ok);
  CHECK(result.message.join_ref == integer_ref("-9223372036854775808"));
  CHECK(result.message.ref == integer_ref("18446744073709551615"));
}

TEST_CASE("MessagePack: each field takes its own types and no other") {
  for (const auto* wrong : {"c2", "cb 3f f0 00 00 00 00 00 00", "90", "80", "c4 01 31"}) {
    const std::string value = bytes(wrong);
    decoding msgpack_message;
    const std::string topic = bytes("a1 74");
    const std::string event = bytes("a1 65");
    const std::string nil = bytes("c0");
    INFO(wrong);
    for (const std::string& message :
         {"\x95" + value + nil + topic + event + "\x80",
          "\x95" + nil + value + topic + event + "\x80",
          "\x95" + nil + nil + value + event + "\x80", "\x95" + nil + nil + topic + value + "\x80"})
      CHECK(msgpack_message.all(message).error == decode_errc::wrong_type);
  }
  CHECK(error_of("95 c0 c0 c0 a1 65 80") == decode_errc::wrong_type);
  CHECK(error_of("95 c0 c0 07 a1 65 80") == decode_errc::wrong_type);
  CHECK(error_of("95 c0 c0 a1 74 07 80") == decode_errc::wrong_type);
}

TEST_CASE("MessagePack: a payload of any type decodes, and only a map is an object") {
  for (const auto* payload :
       {"c0", "c3", "07", "ff", "a0", "a1 78", "90", "93 01 02 03", "ca 3f 80 00 00",
        "cb 3f f0 00 00 00 00 00 00", "c4 02 ff fe", "91 81 a1 61 01", "d9 00", "dc 00 00"}) {
    decoding msgpack_message;
    const std::string message = push_start + bytes(payload);
    const decoded result = msgpack_message.all(message);
    INFO(payload);
    CHECK(result.error == decode_errc::ok);
    CHECK_FALSE(result.message.payload.is_object);
    CHECK(hex(result.message.payload.bytes) == hex(bytes(payload)));
  }
  for (const auto* payload : {"80", "de 00 00", "81 a1 61 90"}) {
    decoding msgpack_message;
    CHECK(msgpack_message.all(push_start + bytes(payload)).message.payload.is_object);
  }
}

TEST_CASE("MessagePack: NaN, infinities and extensions are unsupported") {
  for (const auto* payload :
       {"ca 7f c0 00 00", "ca 7f 80 00 00", "cb 7f f8 00 00 00 00 00 00",
        "cb ff f0 00 00 00 00 00 00", "d4 01 00", "d6 ff 00 00 00 00", "c7 00 05", "c7 01 05 00",
        "91 d4 01 00", "81 a1 61 cb 7f f0 00 00 00 00 00 00"})
    CHECK(payload_error(payload) == decode_errc::unsupported_value);
}

TEST_CASE("MessagePack: strings and keys have to be UTF-8") {
  for (const auto* payload : {"a1 ff", "a3 ed a0 80", "81 a1 c0 01", "91 a2 c0 af"})
    CHECK(payload_error(payload) == decode_errc::invalid_string);
  CHECK(error_of("95 a1 ff c0 a1 74 a1 65 80") == decode_errc::invalid_string);
  CHECK(error_of("95 c0 c0 a1 ff a1 65 80") == decode_errc::invalid_string);
}

TEST_CASE("MessagePack: a key that is no string is refused") {
  for (const auto* payload :
       {"81 01 01", "81 c0 01", "81 c3 01", "81 90 01", "81 80 01", "81 c4 01 61 01",
        "81 cb 3f f0 00 00 00 00 00 00 01", "81 ff 01", "81 91 a1 61 01"})
    CHECK(payload_error(payload) == decode_errc::invalid_string);
}

TEST_CASE("MessagePack: the same key twice is refused at every level") {
  CHECK(payload_error("82 a1 61 01 a1 61 02") == decode_errc::duplicate_key);
  CHECK(payload_error("82 a1 61 01 d9 01 61 02") == decode_errc::duplicate_key);
  CHECK(payload_error("91 81 a1 78 82 a1 61 01 a1 61 02") == decode_errc::duplicate_key);
  CHECK(payload_error("82 a1 61 81 a1 61 01 a1 62 81 a1 61 01") == decode_errc::ok);
}

TEST_CASE("MessagePack: trailing bytes and the unused code c1 are malformed") {
  CHECK(payload_error("80 00") == decode_errc::malformed);
  CHECK(payload_error("c1") == decode_errc::malformed);
  CHECK(payload_error("") == decode_errc::malformed);
}

TEST_CASE("MessagePack: names that are no names are refused, and can be answered") {
  decoding msgpack_message;
  const std::string message = bytes("95 a1 31 a1 37 a3 61 20 62 a1 65 80");
  const decoded result = msgpack_message.all(message);
  CHECK(result.error == decode_errc::invalid_topic);
  CHECK(result.is_answerable());
  CHECK(result.message.topic == "a b");
  CHECK(error_of("95 a1 31 a1 37 a0 a1 65 80") == decode_errc::invalid_topic);
  CHECK(error_of("95 a1 31 a1 37 a1 74 a0 80") == decode_errc::invalid_event);
}

TEST_CASE("MessagePack: a fault in the payload leaves the request's name") {
  decoding msgpack_message;
  const std::string message = push_start + bytes("81 01 01");
  const decoded result = msgpack_message.all(message);
  CHECK(result.error == decode_errc::invalid_string);
  CHECK(result.is_answerable());
  CHECK(result.is_msgpack);
}

TEST_CASE("MessagePack: counts that nothing backs are refused at once") {
  for (const auto* payload : {"dd ff ff ff ff", "df ff ff ff ff", "dc ff ff", "de ff ff"})
    CHECK(payload_error(payload) == decode_errc::too_many_elements);
  for (const auto* payload : {"db ff ff ff ff", "c6 ff ff ff ff", "c9 ff ff ff ff 00", "da ff ff"})
    CHECK(payload_error(payload) == decode_errc::malformed);
}

TEST_CASE("MessagePack: arrays of 65535 nested in each other are refused at the first") {
  std::string chain = push_start;
  for (int level = 0; level < 24000; ++level)
    chain += bytes("dc ff ff");
  CHECK(decoding{}.all(chain).error == decode_errc::too_many_elements);
}

TEST_CASE("MessagePack: nesting is bounded, the envelope included") {
  const auto nested = [](std::size_t depth) {
    return push_start + std::string(depth, '\x91') + '\x01';
  };
  CHECK(decoding{}.all(nested(31)).error == decode_errc::ok);
  CHECK(decoding{}.all(nested(32)).error == decode_errc::too_deep);
  CHECK(decoding{}.all(nested(100'000)).error == decode_errc::too_deep);
  const auto maps = [](std::size_t depth) {
    std::string out = push_start;
    for (std::size_t level = 0; level < depth; ++level)
      out += bytes("81 a1 61");
    return out + '\x01';
  };
  CHECK(decoding{}.all(maps(31)).error == decode_errc::ok);
  CHECK(decoding{}.all(maps(32)).error == decode_errc::too_deep);
}

TEST_CASE("MessagePack: values are counted as in JSON, keys are not") {
  CHECK(payload_error("92 01 02", {.elements_max = 8}) == decode_errc::ok);
  CHECK(payload_error("92 01 02", {.elements_max = 7}) == decode_errc::too_many_elements);
  CHECK(payload_error("81 a1 61 01", {.elements_max = 7}) == decode_errc::ok);
  CHECK(payload_error("81 a1 61 01", {.elements_max = 6}) == decode_errc::too_many_elements);
}
