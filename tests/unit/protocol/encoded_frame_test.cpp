#include "protocol/encoded_frame.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

TEST_CASE("RFC 6455 5.7: the unmasked text message of the examples comes out byte for byte") {
  CHECK(hex(encoded_frame::make(opcode::text, "Hello")->bytes()) == "810548656c6c6f");
}

TEST_CASE("RFC 6455 5.7: the lengths of the 256 byte and 64 KiB examples come out byte for byte") {
  const auto small = encoded_frame::make(opcode::binary, std::string(256, 'x'));
  CHECK(hex(small->bytes().substr(0, 4)) == "827e0100");
  const auto large = encoded_frame::make(opcode::binary, std::string(65536, 'x'));
  CHECK(hex(large->bytes().substr(0, 10)) == "827f0000000000010000");
}

TEST_CASE("RFC 6455 5.2: the shortest length form is used on both sides of each border") {
  const std::vector<std::pair<std::size_t, std::size_t>> header_of = {
      {0, 2}, {1, 2}, {125, 2}, {126, 4}, {127, 4}, {65535, 4}, {65536, 10}, {70000, 10}};
  for (const auto& [size, header] : header_of) {
    const std::string payload(size, 'p');
    const auto frame = encoded_frame::make(opcode::text, payload);
    INFO(size);
    REQUIRE(frame->size() == header + size);
    CHECK(payload_of(*frame) == payload);
  }
}

TEST_CASE("RFC 6455 5.1: a server's frame is final, carries no mask and no RSV bit") {
  for (const opcode code :
       {opcode::text, opcode::binary, opcode::close, opcode::ping, opcode::pong}) {
    const auto frame = encoded_frame::make(code, "abc");
    CHECK(static_cast<unsigned char>(frame->bytes()[0]) == (0x80U | static_cast<unsigned>(code)));
    CHECK((frame->bytes()[1] & 0x80) == 0);
  }
}

TEST_CASE("a frame lives as long as its last owner, on whatever thread that is") {
  auto frame = encoded_frame::make(opcode::text, "shared");
  std::vector<std::thread> owners;
  for (int owner = 0; owner < 4; ++owner)
    owners.emplace_back([copy = frame] {
      for (int round = 0; round < 1000; ++round) {
        const encoded_frame_ptr again = copy;
        if (again->size() != 8)
          std::abort();
      }
    });
  frame.reset();
  for (auto& owner : owners)
    owner.join();
  SUCCEED("the sanitizers had nothing to say");
}
