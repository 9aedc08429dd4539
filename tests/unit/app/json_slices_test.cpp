#include "app/json_slices.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;

TEST_CASE("an object's members are cut as they stand there") {
  const auto members = members_of(" { \"a\" : 1.50 ,\"b\":[1, {\"x\":2}] , \"c\\u0041\":\"q\\\"}\",\"d\":{ } }\n");
  REQUIRE(members);
  REQUIRE(members->size() == 4);
  CHECK((*members)[0].key == "a");
  CHECK((*members)[0].value == "1.50");
  CHECK((*members)[1].value == "[1, {\"x\":2}]");
  CHECK((*members)[2].key == "cA");
  CHECK((*members)[2].value == "\"q\\\"}\"");
  CHECK((*members)[3].value == "{ }");
}

TEST_CASE("an array's elements are cut as they stand there") {
  const auto elements = elements_of("[ null,true , -1e3,\"a\",[[]],{\"a\":[]} ]");
  REQUIRE(elements);
  CHECK(*elements == std::vector<std::string_view>{"null", "true", "-1e3", "\"a\"", "[[]]", "{\"a\":[]}"});
  CHECK(elements_of("[]")->empty());
  CHECK(members_of("{}")->empty());
}

TEST_CASE("what is no JSON, or not of that kind, or ambiguous, is not cut") {
  for (const auto* text : {"", " ", "{", "{\"a\":}", "{\"a\":1,}", "{} {}", "[]", "1", "\"a\"", "{\"a\":1,\"a\":2}",
                           "{\"a\":\"\xff\"}", "{a:1}", "{\"a\":01}"}) {
    INFO(text);
    CHECK_FALSE(members_of(text));
  }
  CHECK_FALSE(members_of({"{}\0", 3}));
  for (const auto* text : {"", "[", "[1,]", "{}", "[1] 2", "[\"\xc0\x80\"]"})
    CHECK_FALSE(elements_of(text));
}

TEST_CASE("deep nesting costs no stack") {
  const std::string deep(1'000'000, '[');
  CHECK_FALSE(elements_of(deep));
  const auto whole = deep + std::string(1'000'000, ']');
  REQUIRE(elements_of(whole));
  CHECK(elements_of(whole)->front().size() == whole.size() - 2);
}

TEST_CASE("a string is unescaped, anything else is none") {
  CHECK(string_of(R"("room\u003aa")") == "room:a");
  CHECK(string_of(R"("")") == "");
  CHECK_FALSE(string_of("1"));
  CHECK_FALSE(string_of("[\"a\"]"));
  CHECK_FALSE(string_of("\"a"));
}
