#include "protocol/frame_header.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

frame_header::status status_of(std::string_view hex_bytes) {
  return read_frame_header(bytes(hex_bytes)).state;
}

constexpr auto need_more = frame_header::status::need_more;
constexpr auto invalid = frame_header::status::invalid;
constexpr auto complete = frame_header::status::complete;

} // namespace

TEST_CASE("RFC 6455 5.2: the three length forms are read") {
  const auto small = read_frame_header(bytes("81 85"));
  CHECK(small.state == complete);
  CHECK(small.code == opcode::text);
  CHECK(small.is_final);
  CHECK(small.payload_size == 5);
  CHECK(small.size == 6);
  const auto middle = read_frame_header(bytes("02 fe 00 7e"));
  CHECK_FALSE(middle.is_final);
  CHECK(middle.payload_size == 126);
  CHECK(middle.size == 8);
  const auto large = read_frame_header(bytes("82 ff 00 00 00 00 00 01 00 00"));
  CHECK(large.payload_size == 65536);
  CHECK(large.size == 14);
}

TEST_CASE("RFC 6455 5.2: the largest length is known before mask and payload are there") {
  const auto header = read_frame_header(bytes("82 ff 7f ff ff ff ff ff ff ff"));
  CHECK(header.state == complete);
  CHECK(header.payload_size == 0x7fffffffffffffff);
}

TEST_CASE("RFC 6455 5.2: a length with its most significant bit set is invalid") {
  CHECK(status_of("82 ff 80 00 00 00 00 00 00 00") == invalid);
  CHECK(status_of("82 ff ff ff ff ff ff ff ff ff") == invalid);
}

TEST_CASE("RFC 6455 5.2: a length that would fit a shorter form is invalid") {
  CHECK(status_of("82 fe 00 7d") == invalid);
  CHECK(status_of("82 fe 00 00") == invalid);
  CHECK(status_of("82 ff 00 00 00 00 00 00 ff ff") == invalid);
  CHECK(status_of("82 ff 00 00 00 00 00 00 00 7d") == invalid);
}

TEST_CASE("RFC 6455 5.1: a missing mask shows in the second byte, whatever the length form") {
  CHECK(status_of("81 05") == invalid);
  CHECK(status_of("81 7e") == invalid);
  CHECK(status_of("81 7f") == invalid);
  CHECK(status_of("89 00") == invalid);
}

TEST_CASE("RFC 6455 5.2: RSV bits and reserved opcodes show in the first byte") {
  for (unsigned first = 0; first < 256; ++first) {
    const char byte = static_cast<char>(first);
    const unsigned code = first & 15;
    const bool is_defined = code <= 2 || (code >= 8 && code <= 10);
    const bool is_fragmented_control = code >= 8 && (first & 0x80) == 0;
    const bool is_valid = (first & 0x70) == 0 && is_defined && !is_fragmented_control;
    INFO(first);
    CHECK(read_frame_header({&byte, 1}).state == (is_valid ? need_more : invalid));
  }
}

TEST_CASE("RFC 6455 5.5: a control frame with an extended length is invalid before the length") {
  CHECK(status_of("89 fd") == complete);
  CHECK(status_of("89 fe") == invalid);
  CHECK(status_of("88 ff") == invalid);
}

TEST_CASE("a header that is not whole asks for more") {
  CHECK(status_of("") == need_more);
  CHECK(status_of("81") == need_more);
  CHECK(status_of("81 fe") == need_more);
  CHECK(status_of("81 fe 01") == need_more);
  CHECK(status_of("81 ff 00 00 00 00 00 01 00") == need_more);
}
