#include "protocol/encoder.hpp"

#include <catch2/catch.hpp>

using namespace lintel::protocol;

TEST_CASE("the answer to a heartbeat is the frame that any other reply would be") {
  for (const auto wire : {wire_format::json_v2, wire_format::json_v1, wire_format::msgpack})
    for (const ref_view ref : {ref_view{ref_view::type::string, "17"}, ref_view{ref_view::type::integer, "4"},
                               ref_view{ref_view::type::string, "\"\\\n"}}) {
      const auto expected = encode_reply(wire, {.ref = ref, .topic = "phoenix", .status = "ok"});
      CHECK(encode_heartbeat_reply(wire, ref) == expected->bytes());
    }
}

TEST_CASE("frames that are appended have the same bytes as frames that are shared") {
  for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536}) {
    const std::string payload(size, 'x');
    std::string out = "before";
    encoded_frame::append_to(out, opcode::binary, payload);
    CHECK(out == "before" + std::string{encoded_frame::make(opcode::binary, payload)->bytes()});
  }
}
