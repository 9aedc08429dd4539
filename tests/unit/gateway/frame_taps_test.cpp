#include "gateway/frame_taps.hpp"
#include "protocol/encoder.hpp"

#include <catch2/catch.hpp>

using namespace lintel::gateway;
using namespace lintel::protocol;
using way = frame_note::direction;

namespace {

message_view said(std::string_view event) {
  return {
      .ref = {ref_view::type::string, "7"}, .topic = "room:a", .event = event, .payload = {.bytes = R"({"secret":1})"}};
}

} // namespace

TEST_CASE("the messages of a watched connection are noted, both ways and in every format") {
  for (const auto wire : {wire_format::json_v2, wire_format::json_v1, wire_format::msgpack}) {
    frame_taps taps{message_limits{}};
    taps.open(3);
    taps.note_in(3, said("new_msg"), 40);
    taps.note_out(3, *encode_reply(wire, {.ref = {ref_view::type::string, "7"}, .topic = "room:a", .status = "ok"}),
                  wire);
    const auto notes = taps.notes_of(3);
    REQUIRE(notes.size() == 2);
    CHECK(notes[0].way == way::in);
    CHECK(notes[0].event == "new_msg");
    CHECK(notes[0].bytes == 40);
    CHECK(notes[1].way == way::out);
    CHECK(notes[1].topic == "room:a");
    CHECK(notes[1].event == "phx_reply");
    CHECK(notes[1].ref == "7");
  }
}

TEST_CASE("what is no message is noted by its size alone") {
  frame_taps taps{message_limits{}};
  taps.open(0);
  taps.note_out(0, *encode_pong("x"), wire_format::json_v2);
  taps.note_out(0, *encode_close(1000, "bye"), wire_format::json_v2);
  REQUIRE(taps.notes_of(0).size() == 2);
  CHECK(taps.notes_of(0)[0].event.empty());
  CHECK(taps.notes_of(0)[1].bytes == 2 + 2 + 3);
}

TEST_CASE("of a replay, each message is noted") {
  for (const std::size_t length : {10, 300, 70'000}) {
    frame_taps taps{message_limits{}};
    taps.open(0);
    std::string frames;
    const auto payload = R"({"a":")" + std::string(length, 'x') + R"("})";
    for (const std::string_view event : {"first", "second"})
      append_message(frames, wire_format::json_v2, {.topic = "room:a", .event = event, .payload = {.bytes = payload}});
    taps.note_out(0, *encoded_frame::of_bytes(frames), wire_format::json_v2);
    const auto notes = taps.notes_of(0);
    REQUIRE(notes.size() == 2);
    CHECK(notes[0].event == "first");
    CHECK(notes[1].event == "second");
    CHECK(notes[0].bytes + notes[1].bytes == frames.size());
  }
}

TEST_CASE("a tap keeps the last messages, and nothing of a connection that nobody watches") {
  frame_taps taps{message_limits{}};
  taps.open(1);
  for (std::size_t i = 0; i < frame_taps::notes_max + 5; ++i) {
    taps.note_in(1, said("e" + std::to_string(i)), 1);
    taps.note_in(2, said("unseen"), 1);
  }
  CHECK(taps.notes_of(1).size() == frame_taps::notes_max);
  CHECK(taps.notes_of(1).front().event == "e5");
  CHECK(taps.notes_of(2).empty());
  taps.close(1);
  CHECK(taps.notes_of(1).empty());
}
