#pragma once

#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/topic_name.hpp"
#include "protocol/utf8.hpp"
#include "tests/fuzz/fuzz_input.hpp"

#include <array>

namespace lintel::fuzz {

inline constexpr std::array all_wires = {
    protocol::wire_format::json_v2, protocol::wire_format::json_v1, protocol::wire_format::msgpack};

inline void check_ref(const protocol::ref_view& ref) {
  using type = protocol::ref_view::type;
  check(ref.text.size() <= protocol::name_bytes_max, "a ref is short");
  check(protocol::is_utf8(ref.text), "a ref is UTF-8");
  check(ref.kind != type::null || ref.text.empty(), "a null ref has no text");
  check(ref.kind != type::integer ||
            ref.text.find_first_not_of("-0123456789") == std::string_view::npos,
        "an integer ref is decimal");
}

/// What everything behind the decoder relies on, for messages that passed and those that did not.
inline void check_decoded(const protocol::decoded& result) {
  const protocol::message_view& message = result.message;
  check_ref(message.join_ref);
  check_ref(message.ref);
  check(protocol::is_utf8(message.topic), "a topic is UTF-8");
  if (result.error == protocol::decode_errc::ok) {
    check(protocol::is_name(message.topic), "a topic is a name");
    check(protocol::is_name(message.event), "an event is a name");
    for (const auto wire : all_wires)
      protocol::encode_message(wire, message);
  }
  if (result.is_answerable()) {
    for (const auto wire : all_wires)
      protocol::encode_reply(wire, {.join_ref = message.join_ref,
                                    .ref = message.ref,
                                    .topic = message.topic,
                                    .status = "error",
                                    .response = {}});
  }
}

} // namespace lintel::fuzz
