#include "actors/replies.hpp"

#include "tests/unit/actors/client_messages.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using lintel::actors::testing::message;
using lintel::actors::testing::string_ref;
using lintel::protocol::wire_format;
using lintel::protocol::test::payload_of;

namespace {

const auto request = message("room:a", "new_msg", string_ref("1"), string_ref("7"));

} // namespace

TEST_CASE("an ok echoes both refs") {
  CHECK(payload_of(*ok_reply(wire_format::json_v2, request)) ==
        R"(["1","7","room:a","phx_reply",{"status":"ok","response":{}}])");
}

TEST_CASE("an error says why") {
  CHECK(payload_of(*error_reply(wire_format::json_v2, request, "overloaded")) ==
        R"(["1","7","room:a","phx_reply",{"status":"error","response":{"reason":"overloaded"}}])");
}

TEST_CASE("an unmatched topic has no join_ref, whatever the client sent") {
  CHECK(payload_of(*unmatched_reply(wire_format::json_v2, request)) ==
        R"([null,"7","room:a","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])");
}

TEST_CASE("the end of a channel carries its join_ref twice") {
  CHECK(payload_of(*lifecycle_message(wire_format::json_v2, string_ref("1"), "room:a", "phx_close", "{}")) ==
        R"(["1","1","room:a","phx_close",{}])");
}
