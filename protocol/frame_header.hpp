#pragma once

#include "protocol/encoded_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lintel::protocol {

inline constexpr std::size_t mask_bytes = 4;

/// The first 6 to 14 bytes of a client's frame (RFC 6455 5.2).
struct frame_header {
  enum class status : std::uint8_t {
    need_more, ///< not all of it is here
    invalid,   ///< breaks a MUST of RFC 6455 5.1, 5.2 or 5.5
    complete,  ///< all but the mask may be here: a length is judged before anything follows it
  };
  status state = status::need_more;
  opcode code = opcode::text;
  bool is_final = false;
  std::uint8_t size = 0; ///< of the header itself, the mask included: its last mask_bytes
  std::uint64_t payload_size = 0;
};

/// Judges every byte as soon as it is there: one byte shows a bad opcode, two a missing mask.
frame_header read_frame_header(std::string_view bytes) noexcept;

/// RFC 6455 5.5.
constexpr bool is_control(opcode code) noexcept { return code >= opcode::close; }

} // namespace lintel::protocol
