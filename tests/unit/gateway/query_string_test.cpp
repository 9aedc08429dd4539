#include "gateway/query_string.hpp"

#include <catch2/catch.hpp>

using lintel::gateway::query_value;

TEST_CASE("a value is found by its key, wherever it stands") {
  CHECK(query_value("vsn=2.0.0", "vsn") == "2.0.0");
  CHECK(query_value("a=1&vsn=2.0.0&b=2", "vsn") == "2.0.0");
  CHECK(query_value("a=1&b=2", "vsn") == std::nullopt);
  CHECK(query_value("", "vsn") == std::nullopt);
}

TEST_CASE("of two values the first one counts") { CHECK(query_value("a=1&a=2", "a") == "1"); }

TEST_CASE("a key without a value is there, and empty") {
  CHECK(query_value("a", "a") == "");
  CHECK(query_value("a=", "a") == "");
  CHECK(query_value("&&a&", "a") == "");
  CHECK(query_value("=x", "") == "x");
}

TEST_CASE("a key is compared whole") {
  CHECK(query_value("xvsn=1", "vsn") == std::nullopt);
  CHECK(query_value("vsnx=1", "vsn") == std::nullopt);
  CHECK(query_value("VSN=1", "vsn") == std::nullopt);
}

TEST_CASE("percent signs and plusses are decoded in keys and values") {
  CHECK(query_value("v%73n=2%2E0+x", "vsn") == "2.0 x");
  CHECK(query_value("a=%26%3d%25", "a") == "&=%");
  CHECK(query_value("a=b=c", "a") == "b=c");
  CHECK(query_value("a=%00", "a") == std::string(1, '\0'));
}

TEST_CASE("a percent sign without two hex digits stands for itself") {
  CHECK(query_value("a=%", "a") == "%");
  CHECK(query_value("a=%4", "a") == "%4");
  CHECK(query_value("a=%zz", "a") == "%zz");
  CHECK(query_value("a=%4g1", "a") == "%4g1");
  CHECK(query_value("a=100%&b=1", "b") == "1");
}
