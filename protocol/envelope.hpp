#pragma once

#include "protocol/decode_error.hpp"
#include "protocol/message.hpp"

#include <cstdint>
#include <string_view>

namespace lintel::protocol {

/// The parts of a message, in the order in which arrays hold them.
enum class envelope_field : std::uint8_t { join_ref, ref, topic, event, payload, none };
inline constexpr std::size_t envelope_size = 5;

/// Puts a string into its place and judges it. A topic that is no name, or too long, is kept all
/// the same, so that its sender can be told. Not for `payload` and `none`.
[[nodiscard]] decode_errc put_string(message_view& message, envelope_field where, std::string_view text) noexcept;

/// The same for an integer, which only a ref can be.
[[nodiscard]] decode_errc put_integer(message_view& message, envelope_field where, std::string_view digits) noexcept;

} // namespace lintel::protocol
