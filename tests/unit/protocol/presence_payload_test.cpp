#include "protocol/presence_payload.hpp"

#include "protocol/transcode.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;

namespace {

presence_params params_in(std::string_view json) { return read_presence_params({.bytes = json}); }

presence_order order_in(std::string_view json) { return read_presence_order({.bytes = json}); }

std::string packed(std::string_view json) {
  std::string out;
  append_msgpack(out, {.bytes = json});
  return out;
}

} // namespace

TEST_CASE("a presence key is any text of 1 to 255 bytes") {
  for (const auto* key : {"alice", "42", "a b,\"c\"\\", "\xc3\xa9", "__proto", "to_string", "Constructor"})
    CHECK(is_presence_key(key));
  CHECK(is_presence_key(std::string(255, 'x')));
  CHECK_FALSE(is_presence_key(""));
  CHECK_FALSE(is_presence_key(std::string(256, 'x')));
}

TEST_CASE("what every JavaScript object has is no presence key") {
  for (const auto* key : {"__proto__", "constructor", "prototype", "toString", "toLocaleString", "valueOf",
                          "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "__defineGetter__",
                          "__defineSetter__", "__lookupGetter__", "__lookupSetter__"}) {
    INFO(key);
    CHECK_FALSE(is_presence_key(key));
  }
}

TEST_CASE("a meta loses the refs that are the server's, and nothing else") {
  CHECK(clean_meta("{}") == "{}");
  CHECK(clean_meta("{ }") == "{}");
  CHECK(clean_meta(R"({ "a" : 1 , "b":{"phx_ref":2} })") == R"({"a" : 1,"b":{"phx_ref":2}})");
  CHECK(clean_meta(R"({"phx_ref":"x","a":1,"phx_ref_prev":null})") == R"({"a":1})");
  CHECK(clean_meta(R"({"phx\u005fref":"x"})") == "{}");
  CHECK(clean_meta(R"({"phx_refs":1})") == R"({"phx_refs":1})");
}

TEST_CASE("a join that says nothing of presence asks for nothing") {
  for (const auto* json : {"{}", R"({"token":"x"})", R"({"presence":false})", R"({"presence":null})", R"({"meta":5})",
                           R"({"meta":"x"})", R"({"config":{"broadcast":{"ack":true}}})", R"({"config":7})",
                           R"({"config":{"presence":true}})", R"({"a":{"presence":true}})"}) {
    INFO(json);
    const auto params = params_in(json);
    CHECK(params.is_valid);
    CHECK_FALSE(params.is_asked);
    CHECK_FALSE(params.meta);
    CHECK(params.key.empty());
  }
}

TEST_CASE("a join may ask who is there without being tracked") {
  for (const auto* json : {R"({"presence":true})", R"({"presence":{}})", R"({"presence":{"key":null,"meta":null}})"}) {
    INFO(json);
    const auto params = params_in(json);
    CHECK(params.is_valid);
    CHECK(params.is_asked);
    CHECK_FALSE(params.meta);
    CHECK(params.key.empty());
  }
}

TEST_CASE("a join may bring a key, a meta, or both") {
  const auto both = params_in(R"({"presence":{"key":"al\u0069ce","meta":{"phx_ref":"mine","age":7}}})");
  CHECK(both.is_asked);
  CHECK(both.key == "alice");
  CHECK(both.meta == R"({"age":7})");
  CHECK(params_in(R"({"presence":{"key":"bob"}})").key == "bob");
  CHECK_FALSE(params_in(R"({"presence":{"key":"bob"}})").meta);
  CHECK(params_in(R"({"presence":{"key":42}})").key == "42");
  CHECK(params_in(R"({"presence":{"meta":{}}})").meta == "{}");
  const auto brief = params_in(R"({"meta":{"age":7}})");
  CHECK(brief.is_asked);
  CHECK(brief.meta == R"({"age":7})");
  CHECK(brief.key.empty());
}

TEST_CASE("Supabase's clients name their key in config") {
  const auto params = params_in(R"({"config":{"broadcast":{"self":true},"presence":{"key":"alice","enabled":true}}})");
  CHECK(params.is_asked);
  CHECK(params.key == "alice");
  CHECK_FALSE(params.meta);
  CHECK(params_in(R"({"config":{"presence":{"key":""}}})").is_asked);
  CHECK(params_in(R"({"config":{"presence":{"key":""}}})").key.empty());
  CHECK_FALSE(params_in(R"({"config":{"presence":{"key":"alice","enabled":false}}})").is_asked);
}

TEST_CASE("what `presence` says goes before `config` and `meta`, in whatever order they come") {
  for (const auto* json :
       {R"({"config":{"presence":{"key":"c"}},"meta":{"m":1},"presence":{"key":"p","meta":{"m":2}}})",
        R"({"presence":{"key":"p","meta":{"m":2}},"meta":{"m":1},"config":{"presence":{"key":"c"}}})"}) {
    const auto params = params_in(json);
    CHECK(params.key == "p");
    CHECK(params.meta == R"({"m":2})");
  }
  const auto mixed = params_in(R"({"presence":true,"config":{"presence":{"key":"c"}},"meta":{"m":1}})");
  CHECK(mixed.key == "c");
  CHECK(mixed.meta == R"({"m":1})");
}

TEST_CASE("`presence` of another form is refused") {
  for (const auto* json :
       {R"({"presence":5})", R"({"presence":"alice"})", R"({"presence":[]})", R"({"presence":{"key":{}}})",
        R"({"presence":{"key":true}})", R"({"presence":{"key":1.5}})", R"({"presence":{"key":1e3}})",
        R"({"presence":{"meta":"x"}})", R"({"presence":{"meta":[]}})", R"({"presence":{"key":[],"meta":{}}})"}) {
    INFO(json);
    CHECK_FALSE(params_in(json).is_valid);
  }
}

TEST_CASE("track and untrack, in full and in short") {
  using kind = presence_order::kind;
  const auto track = order_in(R"({"type":"presence","event":"track","payload":{"phx_ref":"x","at":1}})");
  CHECK(track.what == kind::track);
  CHECK(track.meta == R"({"at":1})");
  CHECK(order_in(R"({"event":"track"})").what == kind::track);
  CHECK(order_in(R"({"event":"track"})").meta == "{}");
  CHECK(order_in(R"({"event":"track","payload":null})").meta == "{}");
  CHECK(order_in(R"({"type":"presence","event":"untrack"})").what == kind::untrack);
}

TEST_CASE("any other order about presence is none") {
  using kind = presence_order::kind;
  for (const auto* json : {"{}", R"({"event":"join"})", R"({"event":null})", R"({"type":"x","event":"track"})",
                           R"({"type":5,"event":"track"})", R"({"event":"track","payload":"x"})",
                           R"({"event":"untrack","payload":[]})", R"({"payload":{"event":"track"}})"}) {
    INFO(json);
    CHECK(order_in(json).what == kind::invalid);
  }
}

TEST_CASE("MessagePack says the same as JSON") {
  const auto join = packed(R"({"presence":{"key":"alice","meta":{"age":7,"phx_ref":"x"}}})");
  const auto params = read_presence_params({.format = payload_format::msgpack, .bytes = join});
  CHECK(params.key == "alice");
  CHECK(params.meta == R"({"age":7})");
  const auto push = packed(R"({"type":"presence","event":"track","payload":{"age":7}})");
  const auto order = read_presence_order({.format = payload_format::msgpack, .bytes = push});
  CHECK(order.what == presence_order::kind::track);
  CHECK(order.meta == R"({"age":7})");
}

TEST_CASE("a payload that is no object says nothing of presence") {
  CHECK(read_presence_params({.bytes = "[]", .is_object = false}).is_valid);
  CHECK_FALSE(read_presence_params({.format = payload_format::binary, .bytes = "{}"}).is_asked);
  CHECK(read_presence_order({.bytes = "1", .is_object = false}).what == presence_order::kind::invalid);
  CHECK(read_presence_order({.format = payload_format::binary, .bytes = "{}"}).what == presence_order::kind::invalid);
}
