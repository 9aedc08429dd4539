#pragma once

#include <cstdint>
#include <string_view>

namespace lintel::protocol {

/// Streaming UTF-8 check (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF;
/// fails at the first byte that cannot be continued.
class utf8_validator {
public:
  [[nodiscard]] bool feed(std::string_view bytes) noexcept;
  bool is_complete() const noexcept { return missing_ == 0; }

private:
  std::uint8_t missing_ = 0;   ///< continuation bytes still to come
  std::uint8_t lowest_ = 0x80; ///< bounds of the next one
  std::uint8_t highest_ = 0xbf;
};

bool is_utf8(std::string_view bytes) noexcept;

} // namespace lintel::protocol
