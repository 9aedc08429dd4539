#include "app/value_kinds.hpp"

#include <charconv>

namespace lintel::app {

std::string with_commas(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::optional<std::uint64_t> whole_number::read(std::string_view text) const {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value < min || value > max)
    return std::nullopt;
  return value;
}

std::string whole_number::wanted() const {
  return "a whole number from " + with_commas(min) + " to " + with_commas(max);
}

std::optional<std::uint64_t> byte_range::read(std::string_view text) const {
  const auto value = parse_bytes(text);
  return value && *value >= min && *value <= max ? value : std::nullopt;
}

std::string byte_range::wanted() const {
  return "a number of bytes from " + bytes_text(min) + " to " + bytes_text(max) + ", such as 65536, 64KiB or 1MiB";
}

std::optional<std::chrono::milliseconds> duration_range::read(std::string_view text) const {
  const auto value = parse_duration(text);
  if (!value || (may_be_none && *value == std::chrono::milliseconds::zero()))
    return value;
  return *value >= min && *value <= max && *value % step == std::chrono::milliseconds::zero() ? value : std::nullopt;
}

std::string duration_range::wanted() const {
  auto out =
      std::string{may_be_none ? "0 or " : ""} + "a time from " + duration_text(min) + " to " + duration_text(max);
  if (step > std::chrono::milliseconds{1})
    out += " in steps of " + duration_text(step);
  return out + ", such as 30s or 10m";
}

} // namespace lintel::app
