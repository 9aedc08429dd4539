#include "protocol/broadcast.hpp"

#include "base/ensure.hpp"
#include "protocol/encoder.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace {

constexpr std::array all_wires = {wire_format::json_v2, wire_format::json_v1, wire_format::msgpack};

message_ptr sample() {
  return message::copy_of({.join_ref = string_ref("1"),
                           .ref = string_ref("7"),
                           .topic = "room:a",
                           .event = "new_msg",
                           .payload = json(R"({"body":"hi"})")});
}

} // namespace

TEST_CASE("a broadcast carries nobody's refs") {
  const broadcast_ptr all = broadcast::make(sample());
  CHECK(payload_of(*all->frame(wire_format::json_v2)) ==
        R"([null,null,"room:a","new_msg",{"body":"hi"}])");
  CHECK(payload_of(*all->frame(wire_format::json_v1)) ==
        R"({"topic":"room:a","event":"new_msg","payload":{"body":"hi"},"ref":null})");
}

TEST_CASE("a broadcast nobody reads is never encoded") {
  const auto before = encoded_total();
  broadcast::make(sample());
  CHECK(encoded_total() == before);
}

TEST_CASE("every recipient of one wire format is sent the same bytes in memory") {
  const broadcast_ptr all = broadcast::make(sample());
  for (const wire_format wire : all_wires)
    CHECK(all->frame(wire)->bytes().data() == all->frame(wire)->bytes().data());
  CHECK(all->frame(wire_format::json_v2) != all->frame(wire_format::msgpack));
}

TEST_CASE("a broadcast asked from four threads in all formats encodes each format once") {
  for (int round = 0; round < 200; ++round) {
    const broadcast_ptr all = broadcast::make(sample());
    const auto before = encoded_total();
    std::atomic<int> waiting{4};
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 4; ++worker)
      workers.emplace_back([&, worker] {
        waiting.fetch_sub(1);
        while (waiting.load() > 0) {
        }
        for (std::size_t at = 0; at < 3 * all_wires.size(); ++at)
          all->frame(all_wires[(at + static_cast<std::size_t>(worker)) % all_wires.size()]);
      });
    for (auto& worker : workers)
      worker.join();
    REQUIRE(encoded_total() == before + all_wires.size());
  }
}

TEST_CASE("a frame outlives the broadcast it came from") {
  encoded_frame_ptr frame;
  {
    const broadcast_ptr all = broadcast::make(sample());
    frame = all->frame(wire_format::json_v2);
  }
  CHECK(payload_of(*frame).starts_with("[null,null,"));
}

TEST_CASE("who hears offsets is told the message's in its ref, and nobody else is") {
  const broadcast_ptr all = broadcast::make(sample(), 1043);
  CHECK(payload_of(*all->frame(wire_format::json_v2, offset_style::offsets)) ==
        R"([null,"@1043","room:a","new_msg",{"body":"hi"}])");
  CHECK(payload_of(*all->frame(wire_format::json_v1, offset_style::offsets)) ==
        R"({"topic":"room:a","event":"new_msg","payload":{"body":"hi"},"ref":"@1043"})");
  CHECK(payload_of(*all->frame(wire_format::json_v2, offset_style::plain)) ==
        R"([null,null,"room:a","new_msg",{"body":"hi"}])");
  for (const wire_format wire : all_wires)
    CHECK(all->frame(wire, offset_style::offsets) != all->frame(wire, offset_style::plain));
}

TEST_CASE("a broadcast without an offset is the same frame for everybody") {
  const broadcast_ptr all = broadcast::make(sample());
  const auto before = encoded_total();
  for (const wire_format wire : all_wires)
    CHECK(all->frame(wire, offset_style::offsets) == all->frame(wire, offset_style::plain));
  CHECK(encoded_total() == before + all_wires.size());
}

TEST_CASE("each wire format and style is encoded once") {
  const broadcast_ptr all = broadcast::make(sample(), 7);
  const auto before = encoded_total();
  for (int round = 0; round < 3; ++round)
    for (const wire_format wire : all_wires)
      for (const offset_style style : {offset_style::plain, offset_style::offsets})
        all->frame(wire, style);
  CHECK(encoded_total() == before + 2 * all_wires.size());
}

TEST_CASE("a binary payload tells its offset as text, for its binary frame has no place for a ref") {
  const broadcast_ptr all = broadcast::make(
      message::copy_of({.topic = "room:a", .event = "new_msg", .payload = binary(bytes("00 ff"))}), 5);
  CHECK(opcode_of(*all->frame(wire_format::json_v2, offset_style::plain)) == opcode::binary);
  const auto told = all->frame(wire_format::json_v2, offset_style::offsets);
  CHECK(opcode_of(*told) == opcode::text);
  CHECK(payload_of(*told) == R"([null,"@5","room:a","new_msg",{"encoding":"base64","data":"AP8="}])");
}

TEST_CASE("a broadcast is ephemeral if it was made so") {
  CHECK_FALSE(broadcast::make(sample(), 3)->is_ephemeral());
  CHECK(broadcast::make(sample(), 0, true)->is_ephemeral());
}

TEST_CASE("a broadcast without a message is a broken invariant") {
  CHECK_THROWS_AS(broadcast::make(nullptr), lintel::base::broken_invariant);
}
