#pragma once

#include "protocol/encoded_frame.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::loadgen {

using mask_key = std::array<char, 4>;

/// One key for all frames: this client needs no protection from scripts in a browser (RFC
/// 6455 10.3), and a constant keeps the generator cheap. Not zero, so the server has to unmask for
/// real.
inline constexpr mask_key fixed_mask{'\x4c', '\x7e', '\x21', '\x5a'};

/// Appends one complete masked frame (RFC 6455 5.2, 5.3).
void append_client_frame(std::string& out, protocol::opcode code, std::string_view payload);

/// A server frame at the front of the received bytes. `payload` refers to the input.
struct server_frame {
  protocol::opcode code = protocol::opcode::text;
  bool is_final = true;
  std::string_view payload;
};

enum class take_status : std::uint8_t {
  taken,     ///< the frame is filled in and cut from the input
  need_more, ///< the input is untouched
  broken,    ///< masked, reserved bits, unknown opcode, not the shortest length, or above
             ///< server_frame_bytes_max
};

/// Nothing a workload asks for comes near it; a length above it means the stream is out of step.
inline constexpr std::uint64_t server_frame_bytes_max = 16ull * 1024 * 1024;

[[nodiscard]] take_status take_frame(std::string_view& input, server_frame& frame);

/// The status code of a close frame's body; 1005 when it has none (RFC 6455 7.1.5).
std::uint16_t close_code_of(std::string_view body) noexcept;

} // namespace lintel::loadgen
