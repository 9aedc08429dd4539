#include "protocol/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace lintel::protocol;

namespace {

// Written without the code under test: RFC 3629 3 for one code point.
std::string encode(unsigned code_point) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (code_point < 0x80)
    return {byte(code_point)};
  if (code_point < 0x800)
    return {byte(0xc0 | code_point >> 6), byte(0x80 | (code_point & 63))};
  if (code_point < 0x10000)
    return {byte(0xe0 | code_point >> 12), byte(0x80 | (code_point >> 6 & 63)),
            byte(0x80 | (code_point & 63))};
  return {byte(0xf0 | code_point >> 18), byte(0x80 | (code_point >> 12 & 63)),
          byte(0x80 | (code_point >> 6 & 63)), byte(0x80 | (code_point & 63))};
}

const std::vector<std::string> ill_formed = {
    "\x80",                     // a continuation without a start
    "\xc0\xaf",                 // overlong '/'
    "\xc1\xbf",                 // overlong U+007F
    "\xe0\x80\xaf",             // overlong in three bytes
    "\xe0\x9f\xbf",             // overlong U+07FF
    "\xf0\x80\x80\xaf",         // overlong in four bytes
    "\xf0\x8f\xbf\xbf",         // overlong U+FFFF
    "\xed\xa0\x80",             // U+D800
    "\xed\xbf\xbf",             // U+DFFF
    "\xed\xa0\x80\xed\xb0\x80", // a surrogate pair, as CESU-8 writes it
    "\xf4\x90\x80\x80",         // U+110000
    "\xf5\x80\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "\xfc\x84\x80\x80\x80\x80",
    "\xfe",
    "\xff",
    "\xc3(", // a start without its continuation
    "\xe2\x82(",
    "\xf0\x9f\x98(",
};

} // namespace

TEST_CASE("UTF-8: every Unicode scalar value is valid and every surrogate is not") {
  for (unsigned code_point = 0; code_point <= 0x10ffff; ++code_point) {
    const bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (is_utf8(encode(code_point)) == is_surrogate)
      FAIL("U+" << std::hex << code_point);
  }
}

TEST_CASE("UTF-8: ill-formed sequences are refused wherever they stand") {
  for (const std::string& sequence : ill_formed) {
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string text = std::string(before, 'a') + sequence + "bbbbbbbbbbbbbbbbbbbb";
      INFO(before);
      CHECK_FALSE(is_utf8(text));
    }
  }
}

TEST_CASE("UTF-8: an ill-formed sequence is refused at its first wrong byte, however it is split") {
  for (const std::string& sequence : ill_formed) {
    utf8_validator validator;
    bool is_valid = true;
    for (const char& each : sequence)
      is_valid = is_valid && validator.feed({&each, 1});
    CHECK_FALSE(is_valid);
  }
  utf8_validator early;
  REQUIRE(early.feed("\xf4"));
  CHECK_FALSE(early.feed("\x90"));
}

TEST_CASE("UTF-8: a character cut at any byte is valid so far and incomplete") {
  const std::string text = "h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    utf8_validator validator;
    INFO(cut);
    REQUIRE(validator.feed(std::string_view{text}.substr(0, cut)));
    CHECK(validator.is_complete() == is_utf8(std::string_view{text}.substr(0, cut)));
    REQUIRE(validator.feed(std::string_view{text}.substr(cut)));
    CHECK(validator.is_complete());
  }
}

TEST_CASE("UTF-8: nothing is valid text") {
  CHECK(is_utf8(""));
}

TEST_CASE("UTF-8: NUL, a byte order mark and noncharacters are characters") {
  using namespace std::string_view_literals;
  CHECK(is_utf8("\0"sv));
  CHECK(is_utf8("\xef\xbb\xbf"));
  CHECK(is_utf8("\xef\xbf\xbe\xef\xbf\xbf"));
}

TEST_CASE("UTF-8: text that ends inside a character is not valid") {
  CHECK_FALSE(is_utf8("abcdefgh\xe2\x82"));
}
