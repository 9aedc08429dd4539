#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <new>
#include <string_view>

namespace lintel::bench {

/// A server's text frame, header included, shared by its receivers. One thread: a plain count.
struct frame {
  std::uint32_t references;
  std::uint32_t size;

  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }

  /// A text frame of these parts, one after another. The caller owns the one reference.
  static frame* of(std::initializer_list<std::string_view> parts) {
    std::size_t payload = 0;
    for (const auto part : parts)
      payload += part.size();
    const std::size_t header = payload < 126 ? 2 : payload < 65536 ? 4 : 10;
    void* memory = std::malloc(sizeof(frame) + header + payload);
    if (memory == nullptr)
      throw std::bad_alloc{};
    auto* made = new (memory) frame{1, static_cast<std::uint32_t>(header + payload)};
    char* out = made->bytes();
    *out++ = static_cast<char>(0x81);
    *out++ = static_cast<char>(header == 2 ? payload : header == 4 ? 126 : 127);
    for (std::size_t left = header - 2; left > 0; --left)
      *out++ = static_cast<char>(payload >> 8 * (left - 1));
    for (const auto part : parts) {
      std::memcpy(out, part.data(), part.size());
      out += part.size();
    }
    return made;
  }

  void release() noexcept {
    if (--references == 0)
      std::free(this);
  }
};

inline void unmask(char* payload, std::size_t size, const char* mask) noexcept {
  std::uint32_t half;
  std::memcpy(&half, mask, sizeof half);
  const std::uint64_t whole = std::uint64_t{half} << 32 | half;
  std::size_t at = 0;
  for (; at + sizeof whole <= size; at += sizeof whole) {
    std::uint64_t word;
    std::memcpy(&word, payload + at, sizeof word);
    word ^= whole;
    std::memcpy(payload + at, &word, sizeof word);
  }
  for (; at < size; ++at)
    payload[at] = static_cast<char>(payload[at] ^ mask[at % 4]);
}

/// A client's frame at the front of some bytes.
struct client_frame {
  enum class status : std::uint8_t { need_more, whole, broken };
  status state = status::need_more;
  std::uint8_t code = 0;
  std::size_t size = 0; ///< header and payload
  std::string_view payload{};
};

/// Whole, unfragmented, masked frames below 64 KiB: what the generator sends.
inline client_frame take_client_frame(char* bytes, std::size_t size) noexcept {
  if (size < 6)
    return {};
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  std::size_t payload = second & 127;
  std::size_t header = 6;
  if (payload == 126) {
    header = 8;
    payload = std::size_t{static_cast<std::uint8_t>(bytes[2])} << 8 |
              static_cast<std::uint8_t>(bytes[3]);
  }
  if ((first & 0x80) == 0 || (second & 0x80) == 0 || payload == 127)
    return {.state = client_frame::status::broken};
  if (size < header + payload)
    return {};
  unmask(bytes + header, payload, bytes + header - 4);
  return {client_frame::status::whole, static_cast<std::uint8_t>(first & 15), header + payload,
          {bytes + header, payload}};
}

/// A compact Phoenix V2 message cut at its commas. The refs keep their quotes.
struct message {
  std::string_view join_ref, ref, topic, event, payload;
};

inline bool cut_message(std::string_view text, message& found) noexcept {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']')
    return false;
  text = text.substr(1, text.size() - 2);
  for (auto* part : {&found.join_ref, &found.ref, &found.topic, &found.event}) {
    const auto comma = text.find(',');
    if (comma == text.npos)
      return false;
    *part = text.substr(0, comma);
    text.remove_prefix(comma + 1);
  }
  if (found.topic.size() < 2 || found.event.size() < 2)
    return false;
  for (auto* name : {&found.topic, &found.event})
    *name = name->substr(1, name->size() - 2);
  found.payload = text;
  return true;
}

} // namespace lintel::bench
