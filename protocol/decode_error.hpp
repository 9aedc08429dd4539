#pragma once

#include "protocol/close_reason.hpp"

#include <cstdint>
#include <string_view>

namespace lintel::protocol {

/// Why a message was refused. Values are metric labels: append, never renumber.
enum class decode_errc : std::uint8_t {
  ok = 0,
  malformed,         ///< not JSON, not MessagePack, or a binary frame that is too short
  too_deep,          ///< limits.depth_max
  too_many_elements, ///< limits.elements_max
  wrong_arity,       ///< fewer than five elements (MessagePack: not five), or a V1 key is missing
  wrong_type,        ///< envelope, topic, event or ref of a type they cannot have
  invalid_ref,       ///< longer than name_bytes_max
  invalid_topic,     ///< is_name() says no
  invalid_event,     ///< is_name() says no
  duplicate_key,     ///< the same key twice in a map: readers would differ on which one counts
  invalid_number,    ///< no int64, uint64 or finite double, or beyond number_chars_max
  invalid_string,    ///< bad UTF-8, a lone surrogate, or a MessagePack key that is no string
  unsupported_kind,  ///< first byte of a binary frame that no dialect uses
  unsupported_value, ///< MessagePack ext, NaN or infinity
};

/// The `reason` of an error reply, also the metric label: "malformed message", "too deep", ...
std::string_view describe(decode_errc error) noexcept;

/// How the connection ends when the message had no topic and ref to answer to:
/// 1003 for `unsupported_kind`, 1007 for everything else.
close_reason close_reason_of(decode_errc error) noexcept;

} // namespace lintel::protocol
