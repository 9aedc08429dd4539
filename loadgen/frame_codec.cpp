#include "loadgen/frame_codec.hpp"

namespace lintel::loadgen {

namespace {

using protocol::opcode;

constexpr unsigned final_bit = 0x80;
constexpr unsigned mask_bit = 0x80;

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes)
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void append_length(std::string& out, std::size_t size) {
  const auto append_bytes = [&](unsigned count) {
    for (unsigned i = count; i-- > 0;)
      out.push_back(static_cast<char>(size >> (8 * i) & 0xff));
  };
  if (size < 126) {
    out.push_back(static_cast<char>(mask_bit | size));
  } else if (size <= 0xffff) {
    out.push_back(static_cast<char>(mask_bit | 126));
    append_bytes(2);
  } else {
    out.push_back(static_cast<char>(mask_bit | 127));
    append_bytes(8);
  }
}

bool is_known(unsigned code) noexcept {
  return code <= 2 || (code >= 8 && code <= 10);
}

} // namespace

void append_client_frame(std::string& out, opcode code, std::string_view payload) {
  out.push_back(static_cast<char>(final_bit | static_cast<unsigned>(code)));
  append_length(out, payload.size());
  out.append(fixed_mask.data(), fixed_mask.size());
  const std::size_t start = out.size();
  out.append(payload);
  char* masked = out.data() + start;
  for (std::size_t i = 0; i < payload.size(); ++i)
    masked[i] = static_cast<char>(masked[i] ^ fixed_mask[i % 4]);
}

take_status take_frame(std::string_view& input, server_frame& frame) {
  if (input.size() < 2)
    return take_status::need_more;
  const auto first = static_cast<unsigned char>(input[0]);
  const auto second = static_cast<unsigned char>(input[1]);
  const unsigned code = first & 0x0f;
  const bool has_reserved_bits = (first & 0x70) != 0;
  if (has_reserved_bits || (second & mask_bit) != 0 || !is_known(code))
    return take_status::broken;

  const std::size_t length_bytes = second < 126 ? 0 : second == 126 ? 2 : 8;
  const std::size_t header_bytes = 2 + length_bytes;
  if (input.size() < header_bytes)
    return take_status::need_more;
  const std::uint64_t size = length_bytes == 0 ? second : big_endian(input.substr(2, length_bytes));
  const bool is_shortest = length_bytes == 0 || size > (length_bytes == 2 ? 125u : 0xffffu);
  if (!is_shortest || size > server_frame_bytes_max)
    return take_status::broken;
  if (input.size() - header_bytes < size)
    return take_status::need_more;

  frame.code = static_cast<opcode>(code);
  frame.is_final = (first & final_bit) != 0;
  frame.payload = input.substr(header_bytes, size);
  input.remove_prefix(header_bytes + size);
  return take_status::taken;
}

std::uint16_t close_code_of(std::string_view body) noexcept {
  constexpr std::uint16_t no_status_received = 1005;
  return body.size() < 2 ? no_status_received
                         : static_cast<std::uint16_t>(big_endian(body.substr(0, 2)));
}

} // namespace lintel::loadgen
