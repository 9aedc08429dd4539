#include "protocol/json_members.hpp"

#include "base/ensure.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace lintel::protocol;
using lintel::base::broken_invariant;

namespace {

/// "key=value in text", one per member.
std::vector<std::string> members_of(std::string_view object) {
  std::vector<std::string> all;
  visit_members(object, [&](const json_member& each) {
    all.push_back(std::string{each.key} + "=" + std::string{each.value} + " in " + std::string{each.text});
  });
  return all;
}

std::vector<json_type> types_in(std::string_view object) {
  std::vector<json_type> all;
  visit_members(object, [&](const json_member& each) { all.push_back(each.type); });
  return all;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("an object's members come as they stand in its text") {
  CHECK(members_of("{}").empty());
  CHECK(members_of(R"({"a":1})") == lines{R"(a=1 in "a":1)"});
  CHECK(members_of(R"({"a":-1.5e3,"b":"x","c":null})") ==
        lines{R"(a=-1.5e3 in "a":-1.5e3)", R"(b="x" in "b":"x")", R"(c=null in "c":null)"});
}

TEST_CASE("what lies deeper belongs to the value of its member") {
  CHECK(members_of(R"({"a":{"b":[{"c":1}],"d":{}},"e":[[],{"f":2}]})") ==
        lines{R"(a={"b":[{"c":1}],"d":{}} in "a":{"b":[{"c":1}],"d":{}})", R"(e=[[],{"f":2}] in "e":[[],{"f":2}])"});
}

TEST_CASE("white space around a member is not part of it") {
  CHECK(members_of("{ \t\"a\" : 1 ,\r\n \"b\"\n:\t[ 1 ]\n}") ==
        lines{"a=1 in \"a\" : 1", "b=[ 1 ] in \"b\"\n:\t[ 1 ]"});
}

TEST_CASE("quotes, braces and colons inside strings mean nothing") {
  CHECK(members_of(R"({"a\":{":"},\"b\":1","c":"\\"})") ==
        lines{R"(a":{="},\"b\":1" in "a\":{":"},\"b\":1")", R"(c="\\" in "c":"\\")"});
}

TEST_CASE("a key comes unescaped, whatever it was written as") {
  CHECK(members_of(R"({"\u0070hx\u005fref":1})") == lines{R"(phx_ref=1 in "\u0070hx\u005fref":1)"});
  CHECK(members_of("{\"\":1}") == lines{"=1 in \"\":1"});
}

TEST_CASE("a member's type is its value's") {
  using enum json_type;
  CHECK(
      types_in(R"({"a":null,"b":true,"c":false,"d":0,"e":18446744073709551615,"f":1.0,"g":"","h":[1],"i":{"j":1}})") ==
      std::vector<json_type>{null, boolean, boolean, number, number, number, string, array, object});
}

TEST_CASE("text that no decoder lets in as an object is a broken invariant") {
  const auto ignore = [](const json_member&) {};
  for (const auto* text : {"", "1", "[]", "[{}]", "null", "{", "{\"a\"}", "{\"a\":1}x", " {}", "{\"a\":1,}"}) {
    INFO(text);
    CHECK_THROWS_AS(visit_members(text, ignore), broken_invariant);
  }
}

TEST_CASE("RFC 8259 7: a string's characters, escapes resolved") {
  CHECK(unescape_json(R"("")").empty());
  CHECK(unescape_json(R"("plain")") == "plain");
  CHECK(unescape_json(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(unescape_json(R"("\u00e9\ud83d\ude00")") == "\xc3\xa9\xf0\x9f\x98\x80");
  CHECK(unescape_json(R"("a\u0000b")") == std::string("a\0b", 3));
  for (const auto* text : {"", "a", "\"", "\"a\"b", "1", "[\"a\"]"}) {
    INFO(text);
    CHECK_THROWS_AS(unescape_json(text), broken_invariant);
  }
}
