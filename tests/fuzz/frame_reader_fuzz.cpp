#include "protocol/frame_reader.hpp"

#include "protocol/utf8.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/unit/protocol/client_frames.hpp"

// The same bytes whole and in pieces, whose size the input chooses: both have to tell the same.

namespace {

using lintel::fuzz::check;
using lintel::protocol::frame_item;
using lintel::protocol::test::reading;
using lintel::protocol::test::told;

void check_item(const told& item, const lintel::protocol::message_limits& limits) {
  using kind = frame_item::kind;
  if (item.what == kind::message) {
    check(item.payload.size() <= limits.message_bytes_max, "a message keeps the limit");
    check(item.code != lintel::protocol::opcode::text || lintel::protocol::is_utf8(item.payload),
          "a text message is UTF-8");
  }
  if (item.what == kind::ping || item.what == kind::pong)
    check(item.payload.size() <= 125, "a control frame is short");
  if (item.what == kind::close)
    check(item.close_code == 0 || lintel::protocol::is_valid_close_code(item.close_code),
          "a close code is one that may travel");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  lintel::fuzz::input input{bytes, size};
  const unsigned chop = input.choice();
  const lintel::protocol::message_limits limits{.message_bytes_max = 16 * (1 + input.choice()),
                                                .fragments_max = 8};
  const std::string_view stream = input.rest();
  reading whole{limits};
  whole.feed(stream);
  reading pieces{limits};
  unsigned step = chop;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t length = 1 + step % 17;
    step = step * 37 + 11;
    pieces.feed(stream.substr(at, length));
    at += length;
  }
  check(whole.items == pieces.items, "pieces tell the same as the whole");
  for (const told& item : whole.items)
    check_item(item, limits);
  return 0;
}
