#pragma once

#include <cstddef>
#include <cstdint>

namespace lintel::protocol {

/// How the messages of one connection are serialised. Chosen at the upgrade (`vsn`, `format`); the
/// first MessagePack frame moves a connection to `msgpack` for good.
enum class wire_format : std::uint8_t {
  json_v2, ///< five-element arrays as text; binary payloads as Phoenix's binary kinds 0, 1 and 2
  json_v1, ///< objects as text, for clients that send no `vsn`
  msgpack, ///< the five-element array of json_v2, in MessagePack
};
inline constexpr std::size_t wire_format_count = 3;

} // namespace lintel::protocol
