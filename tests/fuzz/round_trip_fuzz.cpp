#include "protocol/transcode.hpp"
#include "tests/fuzz/decoded_checks.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <string>

// Whatever decodes has to encode in every wire format and decode again to the same message.

namespace {

using namespace lintel::protocol;
using lintel::fuzz::check;

decoder& source() {
  static decoder it{{}};
  return it;
}

// Base64 and an object around it may pass the limits that the original kept.
decoder& again() {
  static decoder it{{.depth_max = 100, .elements_max = 100'000, .number_chars_max = 64}};
  return it;
}

/// One spelling per value: by way of MessagePack, then as JSON.
std::string canonical(const payload_view& payload) {
  std::string packed;
  append_msgpack(packed, payload);
  std::string text;
  append_json(text, {.format = payload_format::msgpack, .bytes = packed});
  return text;
}

bool is_same_ref(const ref_view& left, const ref_view& right) {
  // MessagePack has one integer zero.
  return left == right || (left.text == "-0" && right.text == "0");
}

void check_same(const message_view& original, wire_format wire, const decoded& back) {
  check(back.error == decode_errc::ok, "what we encode, we decode");
  check(back.message.topic == original.topic, "same topic");
  check(back.message.event == original.event, "same event");
  check(is_same_ref(original.ref, back.message.ref), "same ref");
  if (wire != wire_format::json_v1)
    check(is_same_ref(original.join_ref, back.message.join_ref), "same join_ref");
  if (original.payload.format == payload_format::binary)
    return;
  check(original.payload.is_object == back.message.payload.is_object, "same kind of payload");
  check(canonical(original.payload) == canonical(back.message.payload), "same payload");
}

void check_wire(const message_view& original, wire_format wire) {
  const encoded_frame_ptr frame = encode_message(wire, original);
  const std::string_view payload = test::payload_of(*frame);
  if (test::opcode_of(*frame) == opcode::text) {
    check(is_utf8(payload), "a text frame is UTF-8");
    check_same(original, wire, again().decode_text(payload, wire));
  } else if (wire == wire_format::msgpack) {
    check_same(original, wire, again().decode_binary(payload));
  } else {
    check(payload.ends_with(original.payload.bytes), "a binary frame ends with its payload");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  lintel::fuzz::input input{bytes, size};
  const unsigned choice = input.choice();
  const std::string raw{input.rest()};
  decoded result;
  if (choice % 3 == 0)
    result = source().decode_binary(raw);
  else if (is_utf8(raw))
    result =
        source().decode_text(raw, choice % 3 == 1 ? wire_format::json_v2 : wire_format::json_v1);
  else
    return 0;
  if (result.error != decode_errc::ok)
    return 0;
  const message_ptr original = message::copy_of(result.message);
  for (const wire_format wire : lintel::fuzz::all_wires)
    check_wire(original->view(), wire);
  return 0;
}
