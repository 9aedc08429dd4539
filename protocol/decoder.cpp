#include "protocol/decoder.hpp"

#include "protocol/binary_decoder.hpp"
#include "protocol/json_decoder.hpp"
#include "protocol/msgpack_decoder.hpp"

#include <cstdint>
#include <limits>

namespace lintel::protocol {

struct decoder::scratch {
  json_decoder json;
  msgpack_decoder msgpack;
};

namespace {

// RapidJSON and MessagePack count bytes in 32 bits.
bool is_countable(std::string_view bytes) noexcept { return bytes.size() <= std::numeric_limits<std::uint32_t>::max(); }

} // namespace

decoder::decoder(message_limits limits) : limits_(limits), scratch_(std::make_unique<scratch>()) {}

decoder::~decoder() = default;

decoded decoder::decode_text(std::string_view text, wire_format wire) {
  if (!is_countable(text))
    return {.error = decode_errc::malformed};
  const auto shape = wire == wire_format::json_v1 ? json_envelope::object : json_envelope::array;
  return scratch_->json.decode(text, shape, limits_);
}

decoded decoder::decode_binary(std::string_view bytes) {
  if (bytes.empty() || !is_countable(bytes))
    return {.error = decode_errc::malformed};
  switch (static_cast<unsigned char>(bytes.front())) {
  case 0x00: return decode_binary_push(bytes);
  case 0x95: // fixarray of five
  case 0xdc: // array 16
  case 0xdd: // array 32
    return scratch_->msgpack.decode(bytes, limits_);
  default: return {.error = decode_errc::unsupported_kind};
  }
}

} // namespace lintel::protocol
