#include "protocol/frame_header.hpp"

#include <cstddef>

namespace lintel::protocol {

namespace {

constexpr frame_header need_more{.state = frame_header::status::need_more};
constexpr frame_header invalid{.state = frame_header::status::invalid};

bool is_defined(unsigned code) noexcept { return code <= 2 || (code >= 8 && code <= 10); }

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char each : bytes)
    value = value << 8 | static_cast<unsigned char>(each);
  return value;
}

// RFC 6455 5.2: the minimal number of bytes MUST be used, the most significant bit MUST be 0.
bool is_minimal(std::size_t length_bytes, std::uint64_t value) noexcept {
  if (length_bytes == 2)
    return value >= 126;
  return value > 0xffff && value >> 63 == 0;
}

} // namespace

frame_header read_frame_header(std::string_view bytes) noexcept {
  if (bytes.empty())
    return need_more;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const unsigned code = first & 0x0fU;
  // No extension is negotiated, so every RSV bit is wrong.
  if ((first & 0x70U) != 0 || !is_defined(code))
    return invalid;
  frame_header header{.code = static_cast<opcode>(code), .is_final = (first & 0x80U) != 0};
  if (is_control(header.code) && !header.is_final)
    return invalid;
  if (bytes.size() < 2)
    return need_more;
  const auto second = static_cast<unsigned char>(bytes[1]);
  if ((second & 0x80U) == 0)
    return invalid;
  header.payload_size = second & 0x7fU;
  if (is_control(header.code) && header.payload_size > 125)
    return invalid;
  const std::size_t length_bytes = header.payload_size < 126 ? 0 : header.payload_size == 126 ? 2 : 8;
  if (bytes.size() < 2 + length_bytes)
    return need_more;
  if (length_bytes > 0) {
    header.payload_size = big_endian(bytes.substr(2, length_bytes));
    if (!is_minimal(length_bytes, header.payload_size))
      return invalid;
  }
  header.size = static_cast<std::uint8_t>(2 + length_bytes + mask_bytes);
  header.state = frame_header::status::complete;
  return header;
}

} // namespace lintel::protocol
