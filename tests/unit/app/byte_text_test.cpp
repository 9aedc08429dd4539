#include "app/byte_text.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;

TEST_CASE("bytes are a number, with a power of 1024 or without") {
  CHECK(parse_bytes("0") == 0);
  CHECK(parse_bytes("65536") == 65'536);
  CHECK(parse_bytes("64KiB") == 65'536);
  CHECK(parse_bytes("3MiB") == 3u << 20);
  CHECK(parse_bytes("2GiB") == 2ull << 30);
  CHECK(parse_bytes("1TiB") == 1ull << 40);
  CHECK(parse_bytes("18446744073709551615") == UINT64_MAX);
}

TEST_CASE("what is no number of bytes, may mean two, or does not fit into 64 bits is refused") {
  for (const auto* text : {"", "KiB", "1MB", "1kB", "1K", "1M", "-1", "+1", " 1", "1 KiB", "1kib", "1.5MiB", "1KiBs",
                           "18446744073709551616", "16777216TiB"}) {
    INFO(text);
    CHECK_FALSE(parse_bytes(text).has_value());
  }
}

TEST_CASE("bytes are said in the largest unit that fits, and can be read again") {
  for (const auto& [what, text] : {std::pair<std::uint64_t, const char*>{0, "0"},
                                   {1, "1"},
                                   {1023, "1023"},
                                   {1024, "1KiB"},
                                   {1025, "1025"},
                                   {1536, "1536"},
                                   {64ull << 20, "64MiB"},
                                   {1ull << 40, "1TiB"},
                                   {UINT64_MAX, "18446744073709551615"}}) {
    CHECK(bytes_text(what) == text);
    CHECK(parse_bytes(text) == what);
  }
}
