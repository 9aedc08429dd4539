#include "protocol/stream_payload.hpp"
#include "protocol/transcode.hpp"
#include "tests/fuzz/decoded_checks.hpp"

#include <string>

// Whatever payload the decoder lets in: what is read of it keeps the bounds that history relies on, and MessagePack
// says the same as JSON.

namespace {

using namespace lintel::protocol;
using lintel::fuzz::check;

constexpr std::uint64_t offset_max = (std::uint64_t{1} << 53) - 1;

void check_recover(const recover_request& wish) {
  check(wish.is_wanted || (wish.is_valid && !wish.has_offset), "who wants nothing says nothing wrong");
  check(wish.offset <= offset_max, "an offset is one that JavaScript can count to");
  check(is_utf8(wish.epoch), "an epoch is UTF-8");
}

void check_bounds(const payload_view& payload) {
  check_recover(recover_in(payload));
  if (const auto key = idem_in(payload))
    check(key->size() <= 64 && is_utf8(*key), "a key is short UTF-8");
  if (const auto query = history_query_in(payload)) {
    check(query->limit >= 1 && query->limit <= 1000, "a page is bounded");
    check(query->after <= offset_max, "a page begins behind an offset");
    check(query->before <= offset_max || query->before == UINT64_MAX, "a page ends before an offset");
  }
  if (const auto offset = acknowledged_in(payload))
    check(*offset <= offset_max, "an acknowledged offset is one");
}

void check_same(const payload_view& json, const payload_view& packed) {
  const auto a = recover_in(json);
  const auto b = recover_in(packed);
  check(a.is_wanted == b.is_wanted && a.is_valid == b.is_valid && a.has_offset == b.has_offset && a.epoch == b.epoch &&
            a.offset == b.offset && a.limit == b.limit,
        "the same position");
  check(idem_in(json) == idem_in(packed), "the same key");
  check(acknowledged_in(json) == acknowledged_in(packed), "the same acknowledgement");
  const auto q = history_query_in(json);
  const auto p = history_query_in(packed);
  check(q.has_value() == p.has_value(), "the same query");
  check(!q || (q->after == p->after && q->before == p->before && q->limit == p->limit), "the same page");
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
  if (result.error != decode_errc::ok)
    return 0;
  const auto& payload = result.message.payload;
  check_bounds(payload);
  if (payload.format != payload_format::json)
    return 0;
  std::string packed;
  append_msgpack(packed, payload);
  check_same(payload, {.format = payload_format::msgpack, .bytes = packed, .is_object = payload.is_object});
  return 0;
}
