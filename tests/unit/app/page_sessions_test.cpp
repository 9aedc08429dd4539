#include "app/page_sessions.hpp"

#include "app/secret.hpp"

#include <catch2/catch.hpp>

#include <set>

using lintel::actors::role;
using lintel::app::page_sessions;
using clock_type = page_sessions::clock;

namespace {

const clock_type::time_point start{};

} // namespace

TEST_CASE("a link is exchanged once, for a key that has its role") {
  page_sessions pages;
  const auto link = pages.new_link(role::admin, start);
  const auto made = pages.exchange(link, start);
  REQUIRE(made);
  CHECK(made->may == role::admin);
  CHECK(made->key != link);
  CHECK(pages.role_of(made->key, start) == role::admin);
  CHECK(pages.role_of_base64(lintel::app::unpadded_base64(made->key), start) == role::admin);
  CHECK_FALSE(pages.exchange(link, start));
}

TEST_CASE("neither a link nor half a key is a key") {
  page_sessions pages;
  const auto link = pages.new_link(role::viewer, start);
  CHECK(pages.role_of(link, start) == role::none);
  const auto key = pages.exchange(link, start)->key;
  CHECK(pages.role_of(key.substr(1), start) == role::none);
  CHECK(pages.role_of(key + 'x', start) == role::none);
  CHECK(pages.role_of("", start) == role::none);
  CHECK(pages.role_of_base64("", start) == role::none);
  CHECK(pages.role_of_base64(key, start) == role::none);
  CHECK_FALSE(pages.exchange("", start));
  CHECK_FALSE(pages.exchange(key, start));
}

TEST_CASE("a link has its time") {
  page_sessions pages;
  const auto kept = pages.new_link(role::admin, start);
  const auto late = pages.new_link(role::admin, start);
  CHECK(pages.exchange(kept, start + page_sessions::link_lifetime));
  CHECK_FALSE(pages.exchange(late, start + page_sessions::link_lifetime + std::chrono::seconds{1}));
  CHECK_FALSE(pages.exchange(late, start));
}

TEST_CASE("a key that nobody shows for half a day is forgotten, one that is used is not") {
  page_sessions pages;
  const auto used = pages.exchange(pages.new_link(role::admin, start), start)->key;
  const auto unused = pages.exchange(pages.new_link(role::admin, start), start)->key;
  for (int hours = 6; hours <= 12; hours += 6)
    CHECK(pages.role_of(used, start + std::chrono::hours{hours}) == role::admin);
  const auto late = start + page_sessions::unused_lifetime + std::chrono::seconds{1};
  CHECK(pages.role_of(unused, late) == role::none);
  CHECK(pages.role_of_base64(lintel::app::unpadded_base64(used), late) == role::admin);
  CHECK(pages.role_of(used, late + page_sessions::unused_lifetime) == role::admin);
}

TEST_CASE("a key that is forgotten opens nothing, and the others stay") {
  page_sessions pages;
  const auto key = pages.exchange(pages.new_link(role::viewer, start), start)->key;
  const auto other = pages.exchange(pages.new_link(role::admin, start), start)->key;
  CHECK(pages.forget(key.substr(1), start) == role::none);
  CHECK(pages.forget(key, start) == role::viewer);
  CHECK(pages.forget(key, start) == role::none);
  CHECK(pages.role_of(key, start) == role::none);
  CHECK(pages.role_of(other, start) == role::admin);
}

TEST_CASE("of too many links and sessions the oldest go") {
  page_sessions pages;
  const auto first = pages.new_link(role::admin, start);
  const auto first_key = pages.exchange(first, start)->key;
  const auto forgotten = pages.new_link(role::admin, start);
  for (std::size_t i = 0; i < page_sessions::links_max; ++i)
    pages.new_link(role::admin, start);
  CHECK_FALSE(pages.exchange(forgotten, start));
  for (std::size_t i = 0; i + 1 < page_sessions::sessions_max; ++i)
    CHECK(pages.exchange(pages.new_link(role::viewer, start), start));
  CHECK(pages.role_of(first_key, start) == role::admin);
  CHECK(pages.exchange(pages.new_link(role::viewer, start), start));
  CHECK(pages.role_of(first_key, start) == role::none);
}

TEST_CASE("secrets differ, and stand in a URL as they are") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto secret = lintel::app::new_secret();
    CHECK(secret.size() == 43);
    CHECK(secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
    CHECK(seen.insert(secret).second);
  }
}
