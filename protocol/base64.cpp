#include "protocol/base64.hpp"

#include <array>
#include <cstdint>

namespace lintel::protocol {

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (!bytes.empty()) {
    const std::string_view group = bytes.substr(0, 3);
    bytes.remove_prefix(group.size());
    std::uint32_t bits = 0;
    for (std::size_t at = 0; at < 3; ++at)
      bits = bits << 8 | (at < group.size() ? static_cast<unsigned char>(group[at]) : 0U);
    std::array<char, 4> digits{'=', '=', '=', '='};
    for (std::size_t at = 0; at <= group.size(); ++at)
      digits[at] = alphabet[bits >> (18 - 6 * at) & 0x3f];
    out.append(digits.data(), digits.size());
  }
}

} // namespace lintel::protocol
