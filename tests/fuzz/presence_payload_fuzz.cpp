#include "protocol/json_members.hpp"
#include "protocol/presence_payload.hpp"
#include "protocol/transcode.hpp"
#include "tests/fuzz/decoded_checks.hpp"

#include <string>

// Whatever payload the decoder lets in: what is read of it is an object that could have come in itself, without the
// server's own members, and reading it again changes nothing.

namespace {

using namespace lintel::protocol;
using lintel::fuzz::check;

void check_meta(const std::string& meta) {
  check(meta.starts_with('{') && meta.ends_with('}'), "a meta is an object");
  visit_members(meta, [](const json_member& each) {
    check(each.key != "phx_ref" && each.key != "phx_ref_prev", "a meta has no ref yet");
    check(each.text.starts_with('"') && each.text.ends_with(each.value), "a member is its key and its value");
    check(each.type != json_type::string || is_utf8(unescape_json(each.value)), "a string is UTF-8");
  });
  check(clean_meta(meta) == meta, "a clean meta stays as it is");
}

void check_payload(const payload_view& payload) {
  const auto params = read_presence_params(payload);
  check(is_utf8(params.key), "a key is UTF-8");
  if (params.meta)
    check_meta(*params.meta);
  const auto order = read_presence_order(payload);
  check_meta(order.meta);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  lintel::fuzz::input input{bytes, size};
  const bool is_text = input.choice() % 2 == 1;
  const std::string raw{input.rest()};
  static decoder reads{{}};
  if (is_text && !is_utf8(raw))
    return 0;
  const decoded result = is_text ? reads.decode_text(raw, wire_format::json_v2) : reads.decode_binary(raw);
  if (result.error == decode_errc::ok)
    check_payload(result.message.payload);
  return 0;
}
