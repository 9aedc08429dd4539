#include "loadgen/frame_codec.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;
using lintel::protocol::opcode;

namespace {

std::string server_frame_of(std::string_view payload, unsigned first = 0x81) {
  std::string out{static_cast<char>(first)};
  const auto append_length = [&](unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;)
      out.push_back(static_cast<char>(payload.size() >> (8 * i) & 0xff));
  };
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() <= 0xffff) {
    out.push_back(126);
    append_length(2);
  } else {
    out.push_back(127);
    append_length(8);
  }
  return out.append(payload);
}

std::string unmasked(std::string frame, std::size_t header) {
  const std::string key = frame.substr(header, 4);
  std::string payload = frame.substr(header + 4);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
  return payload;
}

} // namespace

TEST_CASE("a client frame is final, masked and says its length in the shortest form") {
  const auto [size, header] = GENERATE(table<std::size_t, std::size_t>(
      {{0, 2}, {1, 2}, {125, 2}, {126, 4}, {65'535, 4}, {65'536, 10}}));
  const std::string payload(size, 'x');
  std::string frame;
  append_client_frame(frame, opcode::text, payload);
  CAPTURE(size);
  CHECK(static_cast<unsigned char>(frame[0]) == 0x81);
  CHECK((static_cast<unsigned char>(frame[1]) & 0x80) != 0);
  CHECK(frame.size() == header + 4 + size);
  CHECK(unmasked(frame, header) == payload);
}

TEST_CASE("the mask is not zero, so a server that forgets to unmask is found out") {
  for (const char byte : fixed_mask)
    CHECK(byte != 0);
}

TEST_CASE("a server frame of any length is taken whole") {
  const std::size_t size = GENERATE(0u, 1u, 125u, 126u, 65'535u, 65'536u, 200'000u);
  const std::string payload(size, 'p');
  const std::string bytes = server_frame_of(payload) + "rest";
  std::string_view input = bytes;
  server_frame frame;
  REQUIRE(take_frame(input, frame) == take_status::taken);
  CHECK(frame.code == opcode::text);
  CHECK(frame.is_final);
  CHECK(frame.payload == payload);
  CHECK(input == "rest");
}

TEST_CASE("a frame cut anywhere waits for more and leaves the input alone") {
  const std::string bytes = server_frame_of(std::string(200, 'p'));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view input{bytes.data(), size};
    server_frame frame;
    REQUIRE(take_frame(input, frame) == take_status::need_more);
    REQUIRE(input.size() == size);
  }
}

TEST_CASE("what a server must not send is broken") {
  server_frame frame;
  const auto status_of = [&](std::string bytes) {
    std::string_view input = bytes;
    return take_frame(input, frame);
  };
  CHECK(status_of("\x81\x81....x") == take_status::broken);            // masked
  CHECK(status_of(server_frame_of("x", 0xc1)) == take_status::broken); // reserved bit
  CHECK(status_of(server_frame_of("x", 0x83)) == take_status::broken); // unknown opcode
  CHECK(status_of(std::string("\x81\x7e\x00\x05xxxxx", 9)) ==
        take_status::broken); // long form of 5
  CHECK(status_of(std::string("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10)) ==
        take_status::broken);
  CHECK(status_of(std::string("\x81\x7f\x7f\x00\x00\x00\x00\x00\x00\x00", 10)) ==
        take_status::broken);
}

TEST_CASE("a close frame's code is read, and its absence is 1005") {
  CHECK(close_code_of("\x03\xf3") == 1011);
  CHECK(close_code_of("\x03\xf4restart") == 1012);
  CHECK(close_code_of("") == 1005);
  CHECK(close_code_of("\x03") == 1005);
}
