#pragma once

#include "base/byte_units.hpp"

#include <cstddef>

namespace lintel::protocol {

using base::operator""_KiB;

/// Topic, event and ref: the length byte of a Phoenix binary frame allows no more
/// (v2_json_serializer.ex).
inline constexpr std::size_t name_bytes_max = 255;

/// What one inbound message may cost, whatever its encoding.
struct message_limits {
  std::size_t message_bytes_max = 64_KiB; ///< of one reassembled WebSocket message
  std::size_t depth_max = 32;             ///< nesting of arrays and maps, the envelope included
  std::size_t elements_max = 4096;        ///< values in total: a per-array bound can be nested around
  std::size_t number_chars_max = 32;      ///< of the text of one JSON number
  std::size_t fragments_max = 4096;       ///< frames of one WebSocket message, empty ones included
};

} // namespace lintel::protocol
