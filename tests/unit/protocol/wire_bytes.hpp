#pragma once

#include "protocol/encoded_frame.hpp"
#include "protocol/message.hpp"

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace lintel::protocol::test {

/// "00 01 ff" as three bytes; spaces mean nothing.
inline std::string bytes(std::string_view hex) {
  std::string out;
  std::string digits;
  for (const char each : hex) {
    if (each == ' ')
      continue;
    digits.push_back(each);
    if (digits.size() == 2) {
      out.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
      digits.clear();
    }
  }
  return out;
}

/// The other way round, for messages of failed tests.
inline std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

/// The header bytes of a server's frame: no mask.
inline std::size_t header_size(std::string_view frame) {
  const auto length = static_cast<unsigned char>(frame[1]);
  return length < 126 ? 2 : length == 126 ? 4 : 10;
}

inline std::string_view payload_of(const encoded_frame& frame) {
  return frame.bytes().substr(header_size(frame.bytes()));
}

inline opcode opcode_of(const encoded_frame& frame) {
  return static_cast<opcode>(frame.bytes()[0] & 15);
}

inline ref_view string_ref(std::string_view text) {
  return {ref_view::type::string, text};
}

inline ref_view integer_ref(std::string_view digits) {
  return {ref_view::type::integer, digits};
}

inline payload_view json(std::string_view text) {
  return {.format = payload_format::json, .bytes = text, .is_object = text.starts_with('{')};
}

inline payload_view msgpack_bytes(std::string_view value) {
  return {.format = payload_format::msgpack, .bytes = value};
}

inline payload_view binary(std::string_view value) {
  return {.format = payload_format::binary, .bytes = value};
}

} // namespace lintel::protocol::test
