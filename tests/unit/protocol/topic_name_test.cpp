#include "protocol/topic_name.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;

TEST_CASE("names: exactly the documented bytes are allowed") {
  const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                              "_.:~@#$%&*+=!/?-";
  for (int byte = 0; byte < 256; ++byte) {
    const char each = static_cast<char>(byte);
    INFO(byte);
    CHECK(is_name({&each, 1}) == (allowed.find(each) != std::string::npos));
  }
}

TEST_CASE("names: 255 bytes are a name, 256 and none are not") {
  CHECK(is_name(std::string(255, 'a')));
  CHECK_FALSE(is_name(std::string(256, 'a')));
  CHECK_FALSE(is_name(""));
}

TEST_CASE("names: what would break a client that cuts text at commas is no name") {
  CHECK_FALSE(is_name("room:a,b"));
  CHECK_FALSE(is_name("room:\"a\""));
  CHECK_FALSE(is_name("room:a\\"));
  CHECK_FALSE(is_name("room:a "));
  CHECK_FALSE(is_name("room:a\r\n"));
  CHECK_FALSE(is_name("room:]"));
}

TEST_CASE("names: a letter with an accent is no name, so NFC and NFD cannot be two topics") {
  CHECK_FALSE(is_name("room:\xc3\xa9"));
  CHECK_FALSE(is_name("room:e\xcc\x81"));
}

TEST_CASE("events: a client may join and leave, but no other phx_ event is its to send") {
  CHECK_FALSE(is_reserved_event("phx_join"));
  CHECK_FALSE(is_reserved_event("phx_leave"));
  for (const auto* event : {"phx_reply", "phx_error", "phx_close", "phx_", "phx_drain"})
    CHECK(is_reserved_event(event));
}

TEST_CASE("events: presence and stream events of the server cannot be spoofed") {
  for (const auto* event : {"presence_state", "presence_diff", "presence_count", "stream_reset"})
    CHECK(is_reserved_event(event));
  for (const auto* event : {"presence", "broadcast", "new_msg", "Phx_reply", "heartbeat"})
    CHECK_FALSE(is_reserved_event(event));
}
