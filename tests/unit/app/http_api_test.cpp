#include "app/http_api.hpp"

#include "app/openapi.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

using lintel::app::http_api;

namespace {

// "  /api/v1/rooms:" begins a path and "    get:" a method of it; the file is written so, and its validator reads it
// as YAML (tests/clients/http_api_test.mjs).
std::set<std::string> described() {
  std::set<std::string> found;
  std::istringstream text{std::string{lintel::app::openapi_text()}};
  std::string path;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("  /"))
      path = line.substr(2, line.size() - 3);
    else if (!line.starts_with("  "))
      path.clear();
    for (const std::string method : {"get", "post", "put", "patch", "delete"})
      if (!path.empty() && line == "    " + method + ":") {
        auto name = method;
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        found.insert(name + " " + path);
      }
  }
  return found;
}

} // namespace

TEST_CASE("docs/openapi.yaml describes every route, and nothing else") {
  std::set<std::string> served;
  for (const auto& route : http_api::routes())
    served.insert(std::string{route.method} + " " + std::string{route.path});
  CHECK(served.size() == http_api::routes().size());
  CHECK(described() == served);
}

TEST_CASE("what changes something takes an admin's key, and all but the description takes one") {
  for (const auto& route : http_api::routes()) {
    INFO(route.method << " " << route.path);
    if (route.method != "GET")
      CHECK(route.may == lintel::actors::role::admin);
    else if (route.path != "/api/v1/openapi.yaml")
      CHECK(route.may == lintel::actors::role::viewer);
  }
}
