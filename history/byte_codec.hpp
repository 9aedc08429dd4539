#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::history {

/// Appends numbers and strings to bytes.
class byte_writer {
public:
  explicit byte_writer(std::string& into) noexcept : into_(into) {}

  void byte(std::uint8_t value) { into_.push_back(static_cast<char>(value)); }
  /// Seven bits a byte, the lowest first.
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }
  /// 8 bytes, the highest first.
  void fixed(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
      byte(static_cast<std::uint8_t>(value >> shift));
  }
  void text(std::string_view value) {
    number(value.size());
    into_.append(value);
  }

private:
  std::string& into_;
};

/// Takes them off again, from any bytes. After the first that is not there everything is empty.
class byte_reader {
public:
  explicit byte_reader(std::string_view bytes) noexcept : rest_(bytes) {}

  bool is_broken() const noexcept { return is_broken_; }
  /// Everything was read, and was there.
  bool is_finished() const noexcept { return !is_broken_ && rest_.empty(); }

  std::uint8_t byte() noexcept {
    const auto taken = take(1);
    return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken.front());
  }
  /// Only the shortest form is taken: equal numbers are equal bytes.
  std::uint64_t number() noexcept {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint64_t bits = byte();
      if (is_broken_)
        return 0;
      if ((bits == 0 && shift > 0) || (shift == 63 && bits > 1))
        break;
      value |= (bits & 0x7f) << shift;
      if (bits < 0x80)
        return value;
    }
    is_broken_ = true;
    return 0;
  }
  std::uint64_t fixed() noexcept {
    std::uint64_t value = 0;
    for (const char each : take(8))
      value = value << 8 | static_cast<std::uint8_t>(each);
    return value;
  }
  std::string_view text() noexcept { return take(number()); }
  std::string_view rest() noexcept { return take(rest_.size()); }

private:
  std::string_view take(std::uint64_t count) noexcept {
    if (is_broken_ || count > rest_.size()) {
      is_broken_ = true;
      return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
  bool is_broken_ = false;
};

} // namespace lintel::history
