#include "history/recent_keys.hpp"

#include <catch2/catch.hpp>

using lintel::history::recent_keys;

namespace {

constexpr auto window = recent_keys::window.count();

} // namespace

TEST_CASE("a key is found with the offset of its message, for five minutes") {
  recent_keys keys;
  CHECK(keys.find("a", 0) == 0);
  keys.note("a", 5, 1000);
  keys.note("b", 6, 2000);
  CHECK(keys.find("a", 1000 + window) == 5);
  CHECK(keys.find("a", 1001 + window) == 0);
  CHECK(keys.find("b", 2000 + window) == 6);
  CHECK(keys.find("b", 2001 + window) == 0);
  CHECK(keys.size() == 0);
}

TEST_CASE("a key that is used again after its time has the offset of its new message") {
  recent_keys keys;
  keys.note("a", 5, 0);
  REQUIRE(keys.find("a", window + 1) == 0);
  keys.note("a", 9, window + 1);
  CHECK(keys.find("a", 2 * window + 1) == 9);
}

TEST_CASE("of too many keys the oldest go first") {
  recent_keys keys;
  for (std::size_t i = 0; i <= recent_keys::count_max; ++i)
    keys.note(std::to_string(i), i + 1, 0);
  CHECK(keys.size() == recent_keys::count_max);
  CHECK(keys.find("0", 0) == 0);
  CHECK(keys.find("1", 0) == 2);
  CHECK(keys.find(std::to_string(recent_keys::count_max), 0) == recent_keys::count_max + 1);
}

TEST_CASE("a key whose message was not stored is as good as new") {
  recent_keys keys;
  keys.note("a", 5, 0);
  keys.forget("a");
  keys.forget("never seen");
  CHECK(keys.find("a", 0) == 0);
  CHECK(keys.size() == 0);
}

TEST_CASE("a key is remembered for five minutes from the message that was stored, not from one that was refused") {
  recent_keys keys;
  keys.note("a", 5, 0); // the disk is full
  keys.forget("a");
  keys.note("a", 5, window - 1); // there is space again, and nobody else has said anything meanwhile
  CHECK(keys.find("a", window + 1) == 5);
  CHECK(keys.find("a", 2 * window - 1) == 5);
  CHECK(keys.find("a", 2 * window) == 0);
}

TEST_CASE("messages that are refused push no key of a stored one out") {
  recent_keys keys;
  keys.note("stored", 1, 0);
  for (std::size_t i = 0; i < 2 * recent_keys::count_max; ++i) {
    keys.note("refused", 2, 0);
    keys.forget("refused");
  }
  CHECK(keys.find("stored", 0) == 1);
}
