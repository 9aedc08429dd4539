#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lintel::base {

/// Writes text into memory that is there already, and cuts what does not fit. Allocates nothing and takes no lock: for
/// signal handlers.
class bounded_writer {
public:
  explicit bounded_writer(std::span<char> into) noexcept : into_(into) {}

  bounded_writer& text(std::string_view what) noexcept {
    const auto taken = std::min(what.size(), into_.size() - size_);
    std::copy_n(what.data(), taken, into_.data() + size_);
    size_ += taken;
    return *this;
  }
  bounded_writer& number(std::uint64_t what) noexcept {
    char digits[20]; // of 2^64 - 1
    const auto end = std::to_chars(digits, digits + sizeof digits, what).ptr;
    return text({digits, static_cast<std::size_t>(end - digits)});
  }

  std::size_t size() const noexcept { return size_; }

private:
  const std::span<char> into_;
  std::size_t size_ = 0;
};

} // namespace lintel::base
