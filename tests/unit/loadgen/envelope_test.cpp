#include "loadgen/envelope.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

TEST_CASE("a broadcast is cut into its five elements") {
  envelope found;
  REQUIRE(scan_envelope(R"([null,null,"room:7","new_msg",{"s":1,"p":"],["}])", found));
  CHECK_FALSE(found.join_ref);
  CHECK_FALSE(found.ref);
  CHECK(found.topic == "room:7");
  CHECK(found.event == "new_msg");
  CHECK(found.payload == R"({"s":1,"p":"],["})");
}

TEST_CASE("a reply carries both refs") {
  envelope found;
  REQUIRE(scan_envelope(R"(["1","42","room:7","phx_reply",{"status":"ok","response":{}}])", found));
  CHECK(found.join_ref == "1");
  CHECK(found.ref == "42");
}

TEST_CASE("what the server promised never to send is not understood") {
  envelope found;
  const char* text = GENERATE(R"([null,null,"room:7","new_msg"])", // four elements
                              R"([null,null,"room:7","new_msg",{},{}])"
                              "x",                                     // something behind
                              R"([null, null,"room:7","new_msg",{}])", // white space
                              R"([null,null,"room:7","new_msg",[]])",  // payload no object
                              R"([null,null,"room:7","new_msg",null])",
                              R"([null,42,"room:7","new_msg",{}])",     // a ref that lost its type
                              R"([null,null,"room\":7","new_msg",{}])", // an escape
                              R"({"topic":"room:7"})", "", "[", R"([null,null,"room:7)");
  CAPTURE(text);
  CHECK_FALSE(scan_envelope(text, found));
}

TEST_CASE("only refs we could have sent are numbers") {
  CHECK(number_of("1") == 1u);
  CHECK(number_of("4294967295") == 4'294'967'295u);
  CHECK_FALSE(number_of(""));
  CHECK_FALSE(number_of("0"));
  CHECK_FALSE(number_of("07"));
  CHECK_FALSE(number_of("4294967296"));
  CHECK_FALSE(number_of("1x"));
  CHECK_FALSE(number_of("@1043"));
}

TEST_CASE("the status of a reply is its outermost one") {
  CHECK(status_of(R"({"status":"ok","response":{}})") == reply_status::ok);
  CHECK(status_of(R"({"response":{"status":"error"},"status":"ok"})") == reply_status::ok);
  CHECK(status_of(R"({"status":"error","response":{"reason":"crashed"}})") == reply_status::error);
  CHECK(status_of(R"({"response":{"status":"ok"}})") == reply_status::unreadable);
  CHECK(status_of("{}") == reply_status::unreadable);
}
