#include "app/publication.hpp"

#include "app/request_refused.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;

namespace {

lintel::protocol::message_ptr read(std::string_view text) { return read_publication(text, {}); }

unsigned refusal(std::string_view text) {
  try {
    read(text);
  } catch (const request_refused& why) {
    return why.status;
  }
  return 0;
}

} // namespace

TEST_CASE("a publication's payload is passed on as it came") {
  const auto message = read(R"({"event":"new_msg","payload":{"n": 1.0, "big":12345678901234567890},"topic":"room:a"})");
  CHECK(message->view().topic == "room:a");
  CHECK(message->view().event == "new_msg");
  CHECK(message->view().payload.bytes == R"({"n": 1.0, "big":12345678901234567890})");
  CHECK(message->view().payload.is_object);
}

TEST_CASE("a key against doubles goes where rooms look for it") {
  CHECK(read(R"({"topic":"a","event":"b","payload":{},"idem":"k"})")->view().payload.bytes == R"({"idem":"k"})");
  CHECK(read(R"({"topic":"a","event":"b","payload":{"x":1},"idem":"k"})")->view().payload.bytes ==
        R"({"idem":"k","x":1})");
  CHECK(refusal(R"({"topic":"a","event":"b","payload":{"idem":"j"},"idem":"k"})") == 400);
}

TEST_CASE("what a client could not push, nobody publishes") {
  for (const auto* text :
       {R"({"topic":"a b","event":"b","payload":{}})", R"({"topic":"","event":"b","payload":{}})",
        R"({"topic":"a","event":"phx_join","payload":{}})", R"({"topic":"a","event":"phx_new","payload":{}})",
        R"({"topic":"a","event":"presence_diff","payload":{}})", R"({"topic":"a","event":"b","payload":[]})",
        R"({"topic":"a","event":"b","payload":"{}"})", R"({"topic":"a","event":"b"})", R"({"event":"b","payload":{}})",
        R"({"topic":"a","payload":{}})", R"({"topic":1,"event":"b","payload":{}})",
        R"({"topic":"a","topic":"b","event":"b","payload":{}})", R"({"topic":"a","event":"b","payload":{"x":1,"x":2}})",
        R"({"topic":"a","event":"b","payload":{"x":1e999}})", R"({"topic":"a","event":"b","payload":{"x":"\udc00"}})",
        R"({"topic":"a","event":"b","payload":{},"x":1})", "[]", "", "{"}) {
    INFO(text);
    CHECK(refusal(text) == 400);
  }
  const auto deep = std::string(40, '[') + std::string(40, ']');
  CHECK(refusal(R"({"topic":"a","event":"b","payload":{"x":)" + deep + "}}") == 400);
  const auto long_text = std::string(70'000, 'x');
  CHECK(refusal(R"({"topic":"a","event":"b","payload":{"x":")" + long_text + "\"}}") == 413);
}

TEST_CASE("many messages, or one for many topics") {
  const auto messages = read_publications(
      R"({"messages":[{"topic":"a","event":"x","payload":{}},{"topic":"b","event":"y","payload":{"n":1}}]})", {});
  REQUIRE(messages.size() == 2);
  CHECK(messages[1]->view().event == "y");
  const auto same = read_publications(R"({"topics":["a","b"],"event":"x","payload":{"n":1}})", {});
  REQUIRE(same.size() == 2);
  CHECK(same[0]->view().topic == "a");
  CHECK(same[1]->view().topic == "b");
  CHECK(same[1]->view().payload.bytes == R"({"n":1})");
}

TEST_CASE("a broadcast that is neither, or both, or with one bad message, is refused as a whole") {
  std::string many = R"({"topics":["a")";
  for (int i = 0; i < 1000; ++i)
    many += ",\"a\"";
  for (const std::string text :
       {R"({})", R"({"messages":[]})", R"({"topics":[],"event":"x","payload":{}})",
        R"({"messages":[{"topic":"a","event":"x","payload":{}}],"topics":["a"],"event":"x","payload":{}})",
        R"({"messages":[{"topic":"a","event":"x","payload":{}}],"event":"x"})",
        R"({"messages":[{"topic":"a","event":"x","payload":{}},{"topic":"a b","event":"x","payload":{}}]})",
        R"({"topics":["a"],"event":"x","payload":{},"idem":"k"})", R"({"topics":[1],"event":"x","payload":{}})"})
    CHECK_THROWS_AS(read_publications(text, {}), request_refused);
  CHECK_THROWS_AS(read_publications(many + R"(],"event":"x","payload":{}})", {}), request_refused);
}
