#include "loadgen/stream_message.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

TEST_CASE("a join's answer tells where the stream stands") {
  const auto found =
      read_stream(R"({"status":"ok","response":{"stream":{"epoch":"3f9c","offset":1050,"recovered":true,"count":8}}})");
  REQUIRE(found);
  CHECK(found->epoch == "3f9c");
  CHECK(found->offset == 1050);
  CHECK(found->is_recovered);
  CHECK(found->count == 8);
}

TEST_CASE("an answer without a stream, or with half of one, is none") {
  CHECK_FALSE(read_stream(R"({"status":"ok","response":{}})"));
  CHECK_FALSE(read_stream(R"({"status":"error","response":{"reason":"invalid recover"}})"));
  CHECK_FALSE(read_stream(R"({"status":"ok","response":{"stream":{"epoch":"3f9c","offset":1050}}})"));
  CHECK_FALSE(
      read_stream(R"({"status":"ok","response":{"stream":{"epoch":7,"offset":1050,"recovered":true,"count":8}}})"));
  CHECK_FALSE(
      read_stream(R"({"status":"ok","response":{"stream":{"epoch":"e","offset":-1,"recovered":true,"count":8}}})"));
  CHECK_FALSE(read_stream("[]"));
  CHECK_FALSE(read_stream("{"));
}

TEST_CASE("a message's ref is its offset only with the sign before it") {
  CHECK(offset_of_ref("@1043") == 1043u);
  CHECK_FALSE(offset_of_ref("1043"));
  CHECK_FALSE(offset_of_ref("@"));
  CHECK_FALSE(offset_of_ref("@10x"));
  CHECK_FALSE(offset_of_ref("@-1"));
  CHECK_FALSE(offset_of_ref(""));
}

TEST_CASE("the answer to a push tells its offset, last or not") {
  CHECK(offset_of_answer(R"({"status":"ok","response":{"offset":12}})") == 12u);
  CHECK(offset_of_answer(R"({"response":{"duplicate":true,"offset":12},"status":"ok"})") == 12u);
  CHECK(offset_of_answer(R"({"response":{"offset":12,"duplicate":true},"status":"ok"})") == 12u);
  CHECK_FALSE(offset_of_answer(R"({"status":"ok","response":{}})"));
  CHECK_FALSE(offset_of_answer(R"({"status":"ok","response":{"offset":"12"}})"));
  CHECK_FALSE(offset_of_answer(R"({"status":"ok","response":{"offset":)"));
}

TEST_CASE("a push that had been published before is known") {
  CHECK(is_duplicate(R"({"response":{"offset":12,"duplicate":true},"status":"ok"})"));
  CHECK_FALSE(is_duplicate(R"({"status":"ok","response":{"offset":12}})"));
}

TEST_CASE("a refusal may tell when to ask again") {
  using std::chrono::milliseconds;
  CHECK(retry_after_of(R"({"status":"error","response":{"reason":"rate limited","retry_after_ms":47}})") ==
        milliseconds{47});
  CHECK_FALSE(retry_after_of(R"({"status":"error","response":{"reason":"unauthorized"}})"));
}

TEST_CASE("a page of the history has its messages' offsets and stamps") {
  const auto page =
      read_history(R"({"status":"ok","response":{"epoch":"e","offset":7,"messages":[)"
                   R"({"offset":6,"at":1,"event":"new_msg","payload":{"s":3,"n":9,"t":5,"idem":"a","p":"x"}},)"
                   R"({"offset":7,"at":2,"event":"new_msg","payload":{"somebody":"else"}}]}})");
  REQUIRE(page);
  CHECK(page->newest == 7);
  REQUIRE(page->messages.size() == 2);
  CHECK(page->messages[0].offset == 6);
  REQUIRE(page->messages[0].stamp);
  CHECK(page->messages[0].stamp->sender == 3);
  CHECK(page->messages[0].stamp->sequence == 9);
  CHECK_FALSE(page->messages[1].stamp);
}

TEST_CASE("an unreadable page is none") {
  CHECK_FALSE(read_history(R"({"status":"ok","response":{"offset":7}})"));
  CHECK_FALSE(read_history(R"({"status":"ok","response":{"offset":7,"messages":{}}})"));
  CHECK_FALSE(read_history(R"({"status":"ok","response":{"offset":7,"messages":[{"at":2}]}})"));
  CHECK_FALSE(read_history(R"({"status":"ok","response":{"offset":7,"messages":[3]}})"));
  CHECK_FALSE(read_history(""));
}
