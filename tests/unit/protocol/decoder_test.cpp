#include "protocol/decoder.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <pthread.h>

#include <chrono>
#include <cstdio>
#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

const std::string v2_push = R"(["1","7","room:a","new_msg",{"a":[1,2.5,"\u00e9",{"b":null}]}])";
const std::string v1_push =
    R"({"topic":"room:a","event":"new_msg","payload":{"a":[1,2.5,true]},"ref":"7"})";
const std::string msgpack_push =
    bytes("95 a1 31 a1 37 a6 726f6f6d3a61 a1 65 82 a1 61 93 01 cb 4004000000000000 d9 02 c3a9"
          "a1 62 c4 02 00 ff");

// P1: parsers that recurse would need far more than this.
void run_on_a_small_stack(void (*work)()) {
  constexpr std::size_t stack_bytes = 256 * 1024;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread{};
  const int error = pthread_create(
      &thread, &attributes,
      [](void* argument) -> void* {
        (*static_cast<void (**)()>(argument))();
        return nullptr;
      },
      &work);
  REQUIRE(error == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

} // namespace

TEST_CASE("the first byte of a binary message tells the dialect") {
  decoder any{{}};
  CHECK(any.decode_binary(bytes("00 00 00 01 01 74 65")).error == decode_errc::ok);
  CHECK_FALSE(any.decode_binary(bytes("00 00 00 01 01 74 65")).is_msgpack);
  CHECK(any.decode_binary(msgpack_push).is_msgpack);
  for (int first = 1; first < 256; ++first) {
    if (first == 0x95 || first == 0xdc || first == 0xdd)
      continue;
    const std::string message = std::string(1, static_cast<char>(first)) + msgpack_push.substr(1);
    INFO(first);
    CHECK(any.decode_binary(message).error == decode_errc::unsupported_kind);
  }
}

TEST_CASE("a MessagePack message is one even when it is refused, so the answer is one too") {
  decoder any{{}};
  CHECK(any.decode_binary(bytes("95 c0")).is_msgpack);
  CHECK(any.decode_binary(bytes("dd ff ff ff ff")).is_msgpack);
}

TEST_CASE("an empty message is malformed") {
  decoder any{{}};
  CHECK(any.decode_binary("").error == decode_errc::malformed);
  for (const wire_format wire : {wire_format::json_v1, wire_format::json_v2, wire_format::msgpack})
    CHECK(any.decode_text("", wire).error == decode_errc::malformed);
}

TEST_CASE("a MessagePack connection may still send V2 text") {
  decoder any{{}};
  CHECK(any.decode_text(v2_push, wire_format::msgpack).error == decode_errc::ok);
}

TEST_CASE("every message cut at every byte is refused") {
  decoder any{{}};
  for (std::size_t cut = 0; cut < v2_push.size(); ++cut)
    CHECK(any.decode_text(v2_push.substr(0, cut), wire_format::json_v2).error ==
          decode_errc::malformed);
  for (std::size_t cut = 0; cut < v1_push.size(); ++cut)
    CHECK(any.decode_text(v1_push.substr(0, cut), wire_format::json_v1).error ==
          decode_errc::malformed);
  for (std::size_t cut = 1; cut < msgpack_push.size(); ++cut)
    CHECK(any.decode_binary(msgpack_push.substr(0, cut)).error == decode_errc::malformed);
  const std::string push = bytes("00 01 01 0a 04 31 37 726f6f6d3a6c6f626279 66696c65");
  for (std::size_t cut = 1; cut < push.size(); ++cut)
    CHECK(any.decode_binary(push.substr(0, cut)).error == decode_errc::malformed);
}

TEST_CASE("every message with any one byte changed decodes or is refused, without harm") {
  decoder any{{}};
  std::size_t accepted = 0;
  for (const std::string& original : {v2_push, v1_push, msgpack_push})
    for (std::size_t at = 0; at < original.size(); ++at)
      for (int value = 0; value < 256; ++value) {
        std::string changed = original;
        changed[at] = static_cast<char>(value);
        accepted += any.decode_binary(changed).error == decode_errc::ok;
        accepted += any.decode_text(changed, wire_format::json_v2).error == decode_errc::ok;
        accepted += any.decode_text(changed, wire_format::json_v1).error == decode_errc::ok;
      }
  CHECK(accepted > 0);
}

TEST_CASE("a million brackets are refused on a small stack") {
  run_on_a_small_stack([] {
    decoder any{{}};
    const std::string brackets(1'000'000, '[');
    const bool is_refused =
        any.decode_text(brackets, wire_format::json_v2).error == decode_errc::wrong_type;
    const bool is_payload_refused =
        any.decode_text(R"(["1","7","t","e",)" + brackets, wire_format::json_v2).error ==
        decode_errc::too_deep;
    if (!is_refused || !is_payload_refused)
      std::abort();
  });
}

TEST_CASE("the iterative parsers reach the depth that a generous limit allows on a small stack") {
  run_on_a_small_stack([] {
    constexpr std::size_t depth = 200'000;
    decoder any{{.depth_max = depth + 1, .elements_max = 2 * depth}};
    const std::string text =
        R"(["1","7","t","e",)" + std::string(depth, '[') + std::string(depth, ']') + "]";
    const std::string binary_message =
        bytes("95 c0 c0 a1 74 a1 65") + std::string(depth - 1, '\x91') + '\x90';
    if (any.decode_text(text, wire_format::json_v2).error != decode_errc::ok)
      std::abort();
    if (any.decode_binary(binary_message).error != decode_errc::ok)
      std::abort();
  });
}

TEST_CASE("the shapes that grow a parser's memory are refused by the count of values") {
  decoder any{{}};
  const auto repeated = [](std::string_view piece) {
    std::string out = R"(["1","7","t","e",[)";
    while (out.size() < 64 * 1024)
      out.append(piece);
    return out + "0]]";
  };
  for (const auto* piece : {"[],", "\"\\n\",", "{},", "1,", "null,"})
    CHECK(any.decode_text(repeated(piece), wire_format::json_v2).error ==
          decode_errc::too_many_elements);
}

TEST_CASE("the last of four thousand keys is known to be a duplicate of another") {
  decoder any{{}};
  std::string text = R"(["1","7","t","e",{)";
  for (int key = 0; key < 4089; ++key)
    text += "\"" + std::to_string(key) + "\":0,";
  CHECK(any.decode_text(text + "\"last\":0}]", wire_format::json_v2).error == decode_errc::ok);
  CHECK(any.decode_text(text + "\"4088\":0}]", wire_format::json_v2).error ==
        decode_errc::duplicate_key);
}

TEST_CASE("decoding speed of typical messages", "[.][bench]") {
  decoder any{{}};
  const auto measure = [&](const char* what, const std::string& payload) {
    const std::string text = R"(["1","7","room:a","new_msg",)" + payload + "]";
    constexpr int rounds = 20'000;
    const auto begin = std::chrono::steady_clock::now();
    for (int round = 0; round < rounds; ++round)
      REQUIRE(any.decode_text(text, wire_format::json_v2).error == decode_errc::ok);
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    std::printf("%-12s %6zu bytes %8.0f ns\n", what, text.size(), spent.count() / rounds);
  };
  measure("hi", R"({"body":"hi"})");
  for (const std::size_t size : {64, 1024, 16384})
    measure("text", R"({"body":")" + std::string(size, 'x') + "\"}");
  std::string records = R"([{"id":1,"x":0.25,"name":"user0"})";
  while (records.size() < 16384)
    records += R"(,{"id":1,"x":0.25,"name":"user0"})";
  measure("records", records + "]");
}
