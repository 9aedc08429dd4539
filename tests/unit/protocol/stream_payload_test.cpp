#include "protocol/stream_payload.hpp"

#include "protocol/transcode.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;
using lintel::protocol::test::binary;
using lintel::protocol::test::msgpack_bytes;

namespace {

std::string packed(std::string_view json) {
  std::string out;
  append_msgpack(out, {.bytes = json});
  return out;
}

constexpr std::string_view largest = "9007199254740991"; // 2^53 - 1

} // namespace

TEST_CASE("a join that says nothing of recovery wants none") {
  for (const auto* json :
       {"{}", R"({"recover":false})", R"({"recover":null})", R"({"Recover":true})", R"({"a":{"recover":true}})",
        R"({"a":"recover"})", R"("recover")", R"(["recover"])", "null"}) {
    INFO(json);
    const auto wish = recover_in({.bytes = json});
    CHECK_FALSE(wish.is_wanted);
    CHECK(wish.is_valid);
    CHECK_FALSE(wish.has_offset);
  }
}

TEST_CASE("recover: true wants offsets, and recovers nothing by itself") {
  const auto wish = recover_in({.bytes = R"({"token":"x","recover":true})"});
  CHECK(wish.is_wanted);
  CHECK(wish.is_valid);
  CHECK_FALSE(wish.has_offset);
}

TEST_CASE("a position is an epoch and an offset, and may have a limit") {
  const auto wish = recover_in({.bytes = R"({"recover":{"epoch":"3f\u0039c","offset":1042,"limit":7,"more":[]}})"});
  CHECK(wish.is_wanted);
  CHECK(wish.is_valid);
  CHECK(wish.has_offset);
  CHECK(wish.epoch == "3f9c");
  CHECK(wish.offset == 1042);
  CHECK(wish.limit == 7);
  const auto edges = recover_in({.bytes = R"({"recover":{"epoch":"","offset":0,"limit":null}})"});
  CHECK(edges.is_valid);
  CHECK(edges.epoch.empty());
  CHECK(edges.offset == 0);
  CHECK(edges.limit == UINT32_MAX);
  CHECK(recover_in({.bytes = R"({"recover":{"epoch":"e","offset":9007199254740991,"limit":0}})"}).is_valid);
}

TEST_CASE("what is no position is invalid") {
  for (const auto* recover : {"5",
                              R"("true")",
                              "[]",
                              "[true]",
                              "{}",
                              R"({"epoch":"e"})",
                              R"({"offset":1})",
                              R"({"epoch":"e","offset":null})",
                              R"({"epoch":null,"offset":1})",
                              R"({"epoch":1,"offset":1})",
                              R"({"epoch":"e","offset":-1})",
                              R"({"epoch":"e","offset":1.0})",
                              R"({"epoch":"e","offset":1e3})",
                              R"({"epoch":"e","offset":"1"})",
                              R"({"epoch":"e","offset":9007199254740992})",
                              R"({"epoch":"e","offset":18446744073709551615})",
                              R"({"epoch":"e","offset":1,"limit":-1})",
                              R"({"epoch":"e","offset":1,"limit":"all"})",
                              R"({"epoch":"e","offset":1,"limit":4294967296})",
                              R"({"epoch":["e"],"offset":1})"}) {
    INFO(recover);
    const auto json = R"({"recover":)" + std::string{recover} + "}";
    const auto wish = recover_in({.bytes = json});
    CHECK(wish.is_wanted);
    CHECK_FALSE(wish.is_valid);
    const auto bytes = packed(json);
    CHECK_FALSE(recover_in(msgpack_bytes(bytes)).is_valid);
  }
}

TEST_CASE("what is asked of history in MessagePack is what it is in JSON") {
  const auto join = packed(R"({"recover":{"epoch":"e","offset":9007199254740991,"limit":3}})");
  const auto wish = recover_in(msgpack_bytes(join));
  CHECK(wish.is_valid);
  CHECK(wish.epoch == "e");
  CHECK(std::to_string(wish.offset) == largest);
  CHECK(wish.limit == 3);
  CHECK(idem_in(msgpack_bytes(packed(R"({"idem":"k","n":1})"))) == "k");
  CHECK(history_query_in(msgpack_bytes(packed(R"({"after":5,"limit":2})")))->after == 5);
  CHECK(acknowledged_in(msgpack_bytes(packed(R"({"offset":5})"))) == 5);
}

TEST_CASE("a binary payload says nothing") {
  const auto opaque = binary(R"({"recover":true,"idem":"k","offset":5,"after":5})");
  CHECK_FALSE(recover_in(opaque).is_wanted);
  CHECK(idem_in(opaque) == "");
  CHECK(acknowledged_in(opaque) == std::nullopt);
  REQUIRE(history_query_in(opaque));
  CHECK(history_query_in(opaque)->after == 0);
}

TEST_CASE("an idempotency key is a string of 1 to 64 bytes") {
  const auto key_in = [](const std::string& value) { return idem_in({.bytes = R"({"n":1,"idem":)" + value + "}"}); };
  const auto quoted = [](std::size_t size) { return '"' + std::string(size, 'k') + '"'; };
  CHECK(key_in(quoted(1)) == "k");
  CHECK(key_in(quoted(64)) == std::string(64, 'k'));
  CHECK(key_in(quoted(65)) == std::nullopt);
  CHECK(key_in(R"("")") == std::nullopt);
  CHECK(key_in(R"("\u00e9\u0000")") == std::string("\xc3\xa9\0", 3)); // bytes of what it says, not of how it is written
  for (const auto* wrong : {"5", "true", "[]", "{}", R"(["k"])"})
    CHECK(key_in(wrong) == std::nullopt);
  CHECK(key_in("null") == "");
}

TEST_CASE("a name may be written with escapes") {
  CHECK(idem_in({.bytes = R"({"\u0069dem":"k"})"}) == "k");
  CHECK(recover_in({.bytes = R"({"rec\u006fver":true})"}).is_wanted);
}

TEST_CASE("a payload without a key has none, whatever it mentions") {
  for (const auto* json : {"{}", R"({"text":"idem"})", R"({"a":{"idem":"k"}})", R"({"Idem":"k"})",
                           R"({"idempotent":"k"})", R"([{"idem":"k"}])", R"("idem")"}) {
    INFO(json);
    CHECK(idem_in({.bytes = json}) == "");
  }
}

TEST_CASE("a query reads the newest, or forwards from an offset, or backwards from one") {
  const auto all = history_query_in({.bytes = "{}"});
  REQUIRE(all);
  CHECK(all->after == 0);
  CHECK(all->before == UINT64_MAX);
  CHECK(all->limit == 100);
  CHECK(all->is_newest_first);
  const auto forward = history_query_in({.bytes = R"({"after":5,"limit":3})"});
  REQUIRE(forward);
  CHECK(forward->after == 5);
  CHECK(forward->limit == 3);
  CHECK_FALSE(forward->is_newest_first);
  CHECK_FALSE(history_query_in({.bytes = R"({"after":0})"})->is_newest_first);
  const auto backward = history_query_in({.bytes = R"({"before":9})"});
  REQUIRE(backward);
  CHECK(backward->before == 9);
  CHECK(backward->is_newest_first);
  const auto between = history_query_in({.bytes = R"({"after":3,"before":9})"});
  REQUIRE(between);
  CHECK(between->after == 3);
  CHECK(between->before == 9);
  CHECK(between->is_newest_first);
}

TEST_CASE("a query with a member that is no offset is refused, and a limit is bounded") {
  for (const auto* json :
       {R"({"after":-1})", R"({"before":"9"})", R"({"limit":0})", R"({"limit":-5})", R"({"limit":1.5})",
        R"({"after":9007199254740992})", R"({"before":[]})", R"({"limit":"all"})", R"({"after":true})"}) {
    INFO(json);
    CHECK_FALSE(history_query_in({.bytes = json}));
  }
  CHECK(history_query_in({.bytes = R"({"limit":1000})"})->limit == 1000);
  CHECK(history_query_in({.bytes = R"({"limit":1001})"})->limit == 1000);
  CHECK(history_query_in({.bytes = R"({"limit":9007199254740991})"})->limit == 1000);
}

TEST_CASE("an acknowledgement is an offset") {
  CHECK(acknowledged_in({.bytes = R"({"offset":0})"}) == 0);
  CHECK(acknowledged_in({.bytes = R"({"offset":1042,"more":1})"}) == 1042);
  for (const auto* json : {"{}", R"({"offset":-1})", R"({"offset":1.5})", R"({"offset":"1"})", R"({"offset":null})",
                           R"({"offset":9007199254740992})", "[5]", "5"}) {
    INFO(json);
    CHECK(acknowledged_in({.bytes = json}) == std::nullopt);
  }
}
