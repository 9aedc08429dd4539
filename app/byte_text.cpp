#include "app/byte_text.hpp"

#include <array>
#include <charconv>

namespace lintel::app {

namespace {

struct byte_unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array units{byte_unit{"TiB", 1ull << 40}, byte_unit{"GiB", 1ull << 30}, byte_unit{"MiB", 1ull << 20},
                           byte_unit{"KiB", 1ull << 10}, byte_unit{"", 1}};

} // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  std::uint64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{})
    return std::nullopt;
  const std::string_view name{stop, static_cast<std::size_t>(end - stop)};
  for (const auto& unit : units)
    if (unit.name == name && count <= UINT64_MAX / unit.bytes)
      return count * unit.bytes;
  return std::nullopt;
}

std::string bytes_text(std::uint64_t what) {
  for (const auto& unit : units)
    if (what != 0 && what % unit.bytes == 0)
      return std::to_string(what / unit.bytes).append(unit.name);
  return "0";
}

} // namespace lintel::app
