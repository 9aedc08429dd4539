#include "app/static_files.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::app;

TEST_CASE("no path leads to anything but the files of the pages") {
  for (const auto* path : {"", "/index.html", "//", "/assets/", "/assets/..", "/assets/../index.html", "/../etc/passwd",
                           "/assets/%2e%2e/index.html", "/chat/", "/index", "assets"})
    CHECK_FALSE(static_file(path));
}

TEST_CASE("a page is never stored and brings its policy; what it loads is stored for ever") {
  for (const auto& file : embedded_files()) { // none where npm was not there
    INFO(file.name);
    if (file.name == "index.html" || file.name == "chat.html") {
      const auto page = static_file(file.name == "index.html" ? "/" : "/chat");
      REQUIRE(page);
      CHECK(page->body == file.bytes);
      CHECK(page->content_type == "text/html; charset=utf-8");
      CHECK(page->headers.find("Cache-Control: no-store\r\n") != std::string::npos);
      CHECK(page->headers.find("default-src 'none'; script-src 'self'") != std::string::npos);
      CHECK(page->body.find("<script>") == std::string::npos);
      CHECK(page->body.find("style=") == std::string::npos);
    } else {
      const auto asset = static_file('/' + std::string{file.name});
      REQUIRE(asset);
      CHECK(asset->headers.find("immutable") != std::string::npos);
      CHECK(asset->content_type != "application/octet-stream");
    }
  }
}
