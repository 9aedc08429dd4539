#include "protocol/frame_reader.hpp"

#include "tests/unit/protocol/client_frames.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace lintel::protocol;
using namespace lintel::protocol::test;
using kind = frame_item::kind;

namespace {

// RFC 6455 7.4.1: a close body.
std::string close_body(unsigned code, std::string_view text = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 255)}.append(text);
}

std::vector<told> items_of(std::string_view stream) {
  return reading{}.feed(stream).items;
}

} // namespace

TEST_CASE("RFC 6455 5.7: the masked \"Hello\" of the examples is read") {
  const auto items = items_of(bytes("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
  REQUIRE(items.size() == 1);
  CHECK(items[0].what == kind::message);
  CHECK(items[0].code == opcode::text);
  CHECK(items[0].payload == "Hello");
}

TEST_CASE("RFC 6455 5.2: messages of every length around the borders arrive whole") {
  for (const std::size_t size : {0, 1, 7, 8, 9, 125, 126, 127, 128, 65534, 65535, 65536}) {
    std::string payload;
    for (std::size_t at = 0; at < size; ++at)
      payload.push_back(static_cast<char>('a' + at % 26));
    for (const opcode code : {opcode::text, opcode::binary}) {
      const auto items = items_of(client_frame(code, payload));
      INFO(size);
      REQUIRE(items.size() == 1);
      CHECK(items[0].code == code);
      CHECK(items[0].payload == payload);
    }
  }
}

TEST_CASE("RFC 6455 5.3: every mask is taken off, at every alignment of the payload") {
  std::mt19937 random{7};
  for (std::size_t offset = 0; offset < 9; ++offset) {
    std::string stream = client_frame(opcode::binary, std::string(offset, 'x'));
    stream += client_frame(opcode::binary, "0123456789abcdef0");
    const auto items = items_of(stream);
    REQUIRE(items.size() == 2);
    CHECK(items[1].payload == "0123456789abcdef0");
  }
}

TEST_CASE("RFC 6455 5.4: fragments become one message of the first fragment's kind") {
  reading all;
  all.feed(client_frame(opcode::binary, "ab", fin::no));
  CHECK(all.items.empty());
  CHECK(all.is_assembling());
  all.feed(client_frame(opcode::continuation, "", fin::no));
  all.feed(client_frame(opcode::continuation, "cd", fin::yes));
  REQUIRE(all.items.size() == 1);
  CHECK(all.items[0].code == opcode::binary);
  CHECK(all.items[0].payload == "abcd");
  CHECK_FALSE(all.is_assembling());
}

TEST_CASE("RFC 6455 5.4: a message of nothing but empty fragments is an empty message") {
  const auto items = items_of(client_frame(opcode::text, "", fin::no) +
                              client_frame(opcode::continuation, "", fin::no) +
                              client_frame(opcode::continuation, ""));
  REQUIRE(items.size() == 1);
  CHECK(items[0].what == kind::message);
  CHECK(items[0].payload.empty());
}

TEST_CASE("RFC 6455 5.4: control frames between fragments are told at once and in order") {
  const auto items =
      items_of(client_frame(opcode::text, "a", fin::no) + client_frame(opcode::ping, "1") +
               client_frame(opcode::continuation, "b", fin::no) + client_frame(opcode::pong, "2") +
               client_frame(opcode::continuation, "c"));
  REQUIRE(items.size() == 3);
  CHECK(items[0].what == kind::ping);
  CHECK(items[0].payload == "1");
  CHECK(items[1].what == kind::pong);
  CHECK(items[2].payload == "abc");
}

TEST_CASE("RFC 6455 5.4: a continuation without a start is a protocol error") {
  for (const fin final : {fin::no, fin::yes})
    CHECK(reading{}
              .feed(client_frame(opcode::continuation, "x", final))
              .has_failed_with(close_reason::protocol_error));
  CHECK(reading{}
            .feed(client_frame(opcode::text, "whole") + client_frame(opcode::continuation, "x"))
            .has_failed_with(close_reason::protocol_error));
}

TEST_CASE("RFC 6455 5.4: a new message inside a fragmented one is a protocol error") {
  for (const opcode code : {opcode::text, opcode::binary})
    for (const fin final : {fin::no, fin::yes})
      CHECK(reading{}
                .feed(client_frame(opcode::text, "a", fin::no) + client_frame(code, "b", final))
                .has_failed_with(close_reason::protocol_error));
}

TEST_CASE("RFC 6455 5.1: an unmasked frame fails as soon as its second byte is there") {
  for (const auto* start : {"81 00", "81 05", "81 7e", "81 7f", "82 7d", "88 00", "89 04"})
    CHECK(reading{}.feed(bytes(start)).has_failed_with(close_reason::protocol_error));
}

TEST_CASE("RFC 6455 5.2: each RSV bit fails on each opcode") {
  for (unsigned rsv = 1; rsv < 8; ++rsv)
    for (const unsigned code : {0U, 1U, 2U, 8U, 9U, 10U}) {
      std::string frame = client_frame(static_cast<opcode>(code), "");
      frame[0] = static_cast<char>(0x80 | rsv << 4 | code);
      CHECK(reading{}.feed(frame).has_failed_with(close_reason::protocol_error));
    }
}

TEST_CASE("RFC 6455 5.2: each reserved opcode fails, also after a good message") {
  for (const unsigned code : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    std::string frame = client_frame(opcode::text, "");
    frame[0] = static_cast<char>(0x80 | code);
    CHECK(reading{}
              .feed(client_frame(opcode::text, "good") + frame)
              .has_failed_with(close_reason::protocol_error));
  }
}

TEST_CASE("RFC 6455 5.5: control frames hold 125 bytes and not one more") {
  for (const opcode code : {opcode::ping, opcode::pong}) {
    CHECK(items_of(client_frame(code, std::string(125, 'p')))[0].payload.size() == 125);
    CHECK(reading{}
              .feed(client_frame(code, std::string(126, 'p')))
              .has_failed_with(close_reason::protocol_error));
  }
}

TEST_CASE("RFC 6455 5.5: a fragmented control frame is a protocol error") {
  for (const opcode code : {opcode::close, opcode::ping, opcode::pong})
    CHECK(reading{}
              .feed(client_frame(code, "", fin::no))
              .has_failed_with(close_reason::protocol_error));
}

TEST_CASE("RFC 6455 5.5.1: a close without a body has no code") {
  const auto items = items_of(client_frame(opcode::close, ""));
  REQUIRE(items.size() == 1);
  CHECK(items[0].what == kind::close);
  CHECK(items[0].close_code == 0);
}

TEST_CASE("RFC 6455 5.5.1: a close body of one byte is a protocol error") {
  CHECK(reading{}
            .feed(client_frame(opcode::close, "x"))
            .has_failed_with(close_reason::protocol_error));
}

TEST_CASE("RFC 6455 7.4: a close tells its code and reason, up to 123 bytes of it") {
  for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U,
                              1013U, 1014U, 3000U, 3999U, 4000U, 4999U}) {
    const std::string text(123, 'r');
    const auto items = items_of(client_frame(opcode::close, close_body(code, text)));
    REQUIRE(items.size() == 1);
    CHECK(items[0].what == kind::close);
    CHECK(items[0].close_code == code);
    CHECK(items[0].payload == text);
  }
}

TEST_CASE("RFC 6455 7.4: a close code that must not travel is a protocol error") {
  for (const unsigned code :
       {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65535U})
    CHECK(reading{}
              .feed(client_frame(opcode::close, close_body(code)))
              .has_failed_with(close_reason::protocol_error));
}

TEST_CASE("RFC 6455 5.5.1: a close reason that is no UTF-8 is invalid data") {
  CHECK(reading{}
            .feed(client_frame(opcode::close, close_body(1000, "\xce\xba\xe1\xbd\xb9\xed\xa0\x80")))
            .has_failed_with(close_reason::invalid_data));
  CHECK(reading{}
            .feed(client_frame(opcode::close, close_body(1000, "cut \xe2\x82")))
            .has_failed_with(close_reason::invalid_data));
}

TEST_CASE("an incomplete frame stays in the input, untouched") {
  const std::string whole = client_frame(opcode::text, "Hello");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    std::string part = whole.substr(0, cut);
    std::span<char> input{part};
    frame_reader reader;
    INFO(cut);
    CHECK(reader.next(input, {}).what == kind::need_more);
    CHECK(input.size() == cut);
    CHECK(part == whole.substr(0, cut));
  }
}

TEST_CASE("a reader that is moved takes its half message along") {
  frame_reader first;
  std::string start = client_frame(opcode::text, "ab", fin::no);
  std::span<char> input{start};
  REQUIRE(first.next(input, {}).what == kind::need_more);
  REQUIRE(input.empty());
  frame_reader second = std::move(first);
  CHECK(second.is_assembling());
  std::string rest = client_frame(opcode::continuation, "cd");
  input = rest;
  CHECK(second.next(input, {}).payload == "abcd");
}

TEST_CASE("an idle reader costs one pointer") {
  STATIC_REQUIRE(sizeof(frame_reader) == sizeof(void*));
}
