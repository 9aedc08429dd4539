#pragma once

#include "protocol/message.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace lintel::protocol {

/// The ref of a message that tells its offset: "@1043". The sign keeps it apart from the refs that clients
/// make, which are decimal numbers: phoenix.js compares the ref of every message with its pending
/// heartbeat's (assets/js/phoenix/socket.js).
class offset_ref {
public:
  explicit offset_ref(std::uint64_t offset) noexcept {
    text_[0] = '@';
    end_ = std::to_chars(text_.data() + 1, text_.data() + text_.size(), offset).ptr;
  }
  offset_ref(const offset_ref&) = delete;
  offset_ref& operator=(const offset_ref&) = delete;

  ref_view view() const noexcept {
    return {ref_view::type::string, {text_.data(), static_cast<std::size_t>(end_ - text_.data())}};
  }

private:
  std::array<char, 21> text_;
  char* end_;
};

} // namespace lintel::protocol
