#pragma once

#include "protocol/encoded_frame.hpp"
#include "protocol/frame_reader.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::protocol::test {

enum class fin : std::uint8_t { no, yes };

/// One masked frame, as a client sends it.
inline std::string client_frame(opcode code, std::string_view payload, fin final = fin::yes) {
  constexpr std::string_view key = "\x37\xfa\x21\x3d"; // RFC 6455 5.7
  std::string out;
  out.push_back(static_cast<char>((final == fin::yes ? 0x80U : 0U) | static_cast<unsigned>(code)));
  const std::size_t size = payload.size();
  const unsigned length_bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  out.push_back(static_cast<char>(0x80U | (length_bytes == 0   ? size
                                           : length_bytes == 2 ? 126U
                                                               : 127U)));
  for (unsigned left = length_bytes; left-- > 0;)
    out.push_back(static_cast<char>(size >> (8 * left)));
  out.append(key);
  for (std::size_t at = 0; at < size; ++at)
    out.push_back(static_cast<char>(payload[at] ^ key[at % 4]));
  return out;
}

/// What a reader told, with payloads of its own.
struct told {
  frame_item::kind what;
  opcode code;
  std::string payload;
  std::uint16_t close_code;
  close_reason reason;

  friend bool operator==(const told&, const told&) = default;
};

inline told told_of(const frame_item& item) {
  return {item.what, item.code, std::string{item.payload}, item.close_code, item.reason};
}

/// Receives bytes in pieces, as a socket delivers them, and keeps what the reader tells.
class reading {
public:
  explicit reading(message_limits limits = {}) : limits_(limits) {}

  /// Returns itself, so that one line can feed and look.
  reading& feed(std::string_view piece) {
    pending_.append(piece);
    std::span<char> input{pending_};
    while (!has_ended()) {
      const frame_item item = reader_.next(input, limits_);
      if (item.what == frame_item::kind::need_more)
        break;
      items.push_back(told_of(item));
    }
    pending_.erase(0, pending_.size() - input.size());
    return *this;
  }

  bool has_ended() const {
    return !items.empty() && (items.back().what == frame_item::kind::failed ||
                              items.back().what == frame_item::kind::close);
  }
  bool has_failed_with(close_reason reason) const {
    return !items.empty() && items.back().what == frame_item::kind::failed &&
           items.back().reason == reason;
  }
  bool is_assembling() const { return reader_.is_assembling(); }
  std::size_t pending() const { return pending_.size(); }

  std::vector<told> items;

private:
  message_limits limits_;
  frame_reader reader_;
  std::string pending_;
};

} // namespace lintel::protocol::test
