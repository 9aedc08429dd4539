#include "protocol/frame_reader.hpp"

#include "tests/unit/protocol/client_frames.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace lintel::protocol;
using namespace lintel::protocol::test;
using kind = frame_item::kind;

namespace {

// The Kuhn sequences that Autobahn's cases 6.x are made of, each bad by itself.
const std::vector<std::string> ill_formed = {
    "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64",
    "\xf4\x90\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "\xed\xa0\x80",
    "\xed\xbf\xbf",
    "\x80",
    "\xbf",
    "\xc0\xaf",
    "\xe0\x80\xaf",
    "\xf0\x80\x80\xaf",
    "\xfe",
    "\xff",
    "\xc1\xbf",
    "\xf5\x80\x80\x80",
};

std::string random_stream(std::mt19937& random) {
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  std::string stream;
  bool is_inside = false;
  for (unsigned frame = 0; frame < 12; ++frame) {
    std::string payload;
    for (unsigned left = below(40); left > 0; --left)
      payload +=
          below(8) == 0 ? "\xe2\x82\xac" : std::string(1, static_cast<char>('a' + below(26)));
    const unsigned choice = below(20);
    if (choice < 4) {
      stream += client_frame(choice < 2 ? opcode::ping : opcode::pong, payload.substr(0, 20));
    } else if (choice == 4 && frame > 8) {
      stream += client_frame(opcode::close, "\x03\xe8");
    } else if (choice == 5 && frame > 8) {
      stream += client_frame(opcode::continuation, payload);
    } else {
      const opcode code = is_inside       ? opcode::continuation
                          : below(2) == 0 ? opcode::text
                                          : opcode::binary;
      is_inside = below(2) == 0;
      // A character cut in two is legal between fragments, so it has to occur.
      if (is_inside && payload.size() > 3)
        payload += "\xe2\x82\xac";
      stream += client_frame(code, payload, is_inside ? fin::no : fin::yes);
    }
  }
  return stream;
}

} // namespace

TEST_CASE("RFC 6455 8.1: text that is no UTF-8 is invalid data, in one frame") {
  for (const std::string& text : ill_formed)
    CHECK(reading{}
              .feed(client_frame(opcode::text, text))
              .has_failed_with(close_reason::invalid_data));
}

TEST_CASE("RFC 6455 8.1: text that is no UTF-8 is invalid data, cut into fragments at any byte") {
  for (const std::string& text : ill_formed)
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      reading all;
      all.feed(client_frame(opcode::text, text.substr(0, cut), fin::no));
      all.feed(client_frame(opcode::continuation, text.substr(cut)));
      INFO(cut);
      CHECK(all.has_failed_with(close_reason::invalid_data));
    }
}

TEST_CASE("RFC 6455 8.1: a bad fragment fails at once, without waiting for the last one") {
  reading all;
  all.feed(client_frame(opcode::text, "good so far", fin::no));
  all.feed(client_frame(opcode::continuation, "bad \xff", fin::no));
  CHECK(all.has_failed_with(close_reason::invalid_data));
}

TEST_CASE("RFC 6455 8.1: a character may be cut between fragments, even around a ping") {
  const std::string text = "\xf0\x9f\x98\x80";
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    reading all;
    all.feed(client_frame(opcode::text, text.substr(0, cut), fin::no));
    all.feed(client_frame(opcode::ping, ""));
    all.feed(client_frame(opcode::continuation, text.substr(cut)));
    REQUIRE(all.items.size() == 2);
    CHECK(all.items[1].payload == text);
  }
}

TEST_CASE("RFC 6455 8.1: a message must not end inside a character") {
  CHECK(reading{}
            .feed(client_frame(opcode::text, "cut \xe2\x82"))
            .has_failed_with(close_reason::invalid_data));
  CHECK(reading{}
            .feed(client_frame(opcode::text, "cut \xe2", fin::no) +
                  client_frame(opcode::continuation, "\x82"))
            .has_failed_with(close_reason::invalid_data));
}

TEST_CASE("RFC 6455 5.6: binary messages may hold any bytes") {
  for (const std::string& content : ill_formed) {
    const auto items = reading{}.feed(client_frame(opcode::binary, content)).items;
    REQUIRE(items.size() == 1);
    CHECK(items[0].payload == content);
  }
}

TEST_CASE("a stream fed byte by byte tells the same as fed whole") {
  std::mt19937 random{20260817};
  for (int round = 0; round < 300; ++round) {
    const std::string stream = random_stream(random);
    const auto whole = reading{}.feed(stream).items;
    reading slowly;
    for (const char& each : stream)
      slowly.feed({&each, 1});
    INFO("round " << round);
    REQUIRE(slowly.items == whole);
  }
}

TEST_CASE("a stream cut at random places tells the same as fed whole") {
  std::mt19937 random{20260818};
  for (int round = 0; round < 1000; ++round) {
    const std::string stream = random_stream(random);
    const auto whole = reading{}.feed(stream).items;
    reading pieces;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = 1 + random() % 64;
      pieces.feed(std::string_view{stream}.substr(at, size));
      at += size;
    }
    INFO("round " << round);
    REQUIRE(pieces.items == whole);
  }
}
