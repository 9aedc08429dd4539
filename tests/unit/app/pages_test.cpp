#include "app/pages.hpp"

#include <catch2/catch.hpp>

using lintel::app::page_at;

TEST_CASE("a server is healthy while it lives, and ready while it takes connections") {
  CHECK(page_at("/healthz", false).status == 200);
  CHECK(page_at("/readyz", true).status == 200);
  CHECK(page_at("/readyz", false).status == 503);
}

TEST_CASE("there are two pages, also in a build without npm, and nothing else") {
  CHECK(page_at("/", true).status == 200);
  CHECK(page_at("/chat", true).status == 200);
  for (const auto* path : {"", "/healthz/", "/index.html", "//", "/../etc/passwd"})
    CHECK(page_at(path, true).status == 404);
}
