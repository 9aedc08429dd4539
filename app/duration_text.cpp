#include "app/duration_text.hpp"

#include <charconv>
#include <cstdint>

namespace lintel::app {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds longest = std::chrono::hours{24};

// 0: no such unit.
std::int64_t milliseconds_in(std::string_view unit) {
  return unit == "ms" ? 1 : unit == "s" ? 1'000 : unit == "m" ? 60'000 : unit == "h" ? 3'600'000 : 0;
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  std::uint32_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{})
    return std::nullopt;
  const std::string_view unit{stop, static_cast<std::size_t>(end - stop)};
  if (count == 0 && unit.empty())
    return milliseconds::zero();
  const auto scale = milliseconds_in(unit);
  const milliseconds length{count * scale};
  if (scale == 0 || length > longest)
    return std::nullopt;
  return length;
}

std::string duration_text(milliseconds what) {
  for (const auto* unit : {"h", "m", "s"})
    if (const auto scale = milliseconds_in(unit); what.count() != 0 && what.count() % scale == 0)
      return std::to_string(what.count() / scale) + unit;
  return what.count() == 0 ? "0" : std::to_string(what.count()) + "ms";
}

} // namespace lintel::app
