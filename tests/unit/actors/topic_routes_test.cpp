#include "actors/topic_routes.hpp"

#include <catch2/catch.hpp>

using lintel::actors::topic_routes;

TEST_CASE("a pattern with a star matches by prefix, the empty rest included") {
  const topic_routes routes{{"room:*"}};
  CHECK(routes.match("room:lobby"));
  CHECK(routes.match("room:a:b"));
  CHECK(routes.match("room:"));
  CHECK_FALSE(routes.match("room"));
  CHECK_FALSE(routes.match("rooms:lobby"));
  CHECK_FALSE(routes.match(" room:lobby"));
}

TEST_CASE("a pattern without a star matches exactly") {
  const topic_routes routes{{"system"}};
  CHECK(routes.match("system"));
  CHECK_FALSE(routes.match("system:1"));
  CHECK_FALSE(routes.match("syste"));
}

TEST_CASE("any of several patterns will do, and a lone star takes everything") {
  CHECK(topic_routes{{"a", "b:*"}}.match("b:1"));
  CHECK(topic_routes{{"a", "b:*"}}.match("a"));
  CHECK(topic_routes{{"*"}}.match("anything"));
}

TEST_CASE("without patterns there are no topics") { CHECK_FALSE(topic_routes{{}}.match("room:lobby")); }
