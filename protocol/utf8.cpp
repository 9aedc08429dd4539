#include "protocol/utf8.hpp"

#include <cstddef>
#include <cstring>

namespace lintel::protocol {

namespace {

// Chat is mostly ASCII: eight bytes without a high bit are eight characters.
std::size_t skip_ascii(const char* bytes, std::size_t size) noexcept {
  std::size_t at = 0;
  std::uint64_t word = 0;
  for (; at + sizeof word <= size; at += sizeof word) {
    std::memcpy(&word, bytes + at, sizeof word);
    if ((word & 0x8080808080808080U) != 0)
      break;
  }
  while (at < size && static_cast<unsigned char>(bytes[at]) < 0x80)
    ++at;
  return at;
}

} // namespace

bool utf8_validator::feed(std::string_view bytes) noexcept {
  std::size_t at = 0;
  while (true) {
    if (missing_ == 0)
      at += skip_ascii(bytes.data() + at, bytes.size() - at);
    if (at == bytes.size())
      return true;
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    if (missing_ > 0) {
      if (byte < lowest_ || byte > highest_)
        return false;
      lowest_ = 0x80;
      highest_ = 0xbf;
      --missing_;
      continue;
    }
    // RFC 3629 4: c0 and c1 would be overlong, f5 and above lie beyond U+10FFFF. The bounds of the
    // second byte exclude the other overlong forms (e0, f0), surrogates (ed) and the rest of f4.
    if (byte < 0xc2 || byte > 0xf4)
      return false;
    missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    lowest_ = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    highest_ = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
  }
}

bool is_utf8(std::string_view bytes) noexcept {
  utf8_validator validator;
  return validator.feed(bytes) && validator.is_complete();
}

} // namespace lintel::protocol
