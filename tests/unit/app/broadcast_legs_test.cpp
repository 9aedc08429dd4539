#include "app/broadcast_legs.hpp"

#include <catch2/catch.hpp>

using lintel::app::broadcast_legs;

TEST_CASE("the answer comes with the last leg, in the order of the messages") {
  std::vector<std::string> answers;
  broadcast_legs legs{{"a", "b"}, [&](const std::string& json) { answers.push_back(json); }};
  legs.settle(1, {.error = "overloaded", .json = {}});
  CHECK(answers.empty());
  legs.settle(1, {}); // a room answers once; another answer changes nothing
  CHECK(answers.empty());
  legs.settle(0, {.error = {}, .json = R"({"offset":7})"});
  REQUIRE(answers.size() == 1);
  CHECK(answers[0] == R"({"legs":[{"topic":"a","result":{"offset":7}},)"
                      R"({"topic":"b","error":{"code":"overloaded","message":"overloaded"}}],"failed":1})");
}

TEST_CASE("legs that are late are said to be, and what they say later goes nowhere") {
  std::vector<std::string> answers;
  broadcast_legs legs{{"a", "b"}, [&](const std::string& json) { answers.push_back(json); }};
  legs.settle(0, {});
  legs.give_up();
  legs.settle(1, {});
  legs.give_up();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].find(R"({"topic":"a","result":{}})") != std::string::npos);
  CHECK(answers[0].find(R"({"topic":"b","error":{"code":"timeout")") != std::string::npos);
}
