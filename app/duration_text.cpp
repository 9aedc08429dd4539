#include "app/duration_text.hpp"

#include <charconv>
#include <cstdint>

namespace lintel::app {

using std::chrono::milliseconds;

namespace {

// 0: no such unit.
std::int64_t milliseconds_in(std::string_view unit) {
  return unit == "ms"  ? 1
         : unit == "s" ? 1'000
         : unit == "m" ? 60'000
         : unit == "h" ? 3'600'000
         : unit == "d" ? 86'400'000
                       : 0;
}

} // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  std::uint32_t count = 0; // times the longest unit it is far from overflowing 64 bits
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{})
    return std::nullopt;
  const std::string_view unit{stop, static_cast<std::size_t>(end - stop)};
  if (count == 0 && unit.empty())
    return milliseconds::zero();
  const auto scale = milliseconds_in(unit);
  const milliseconds length{count * scale};
  if (scale == 0 || length > duration_max)
    return std::nullopt;
  return length;
}

std::string duration_text(milliseconds what) {
  // A day is said as 24h: only several of them are easier to read in days.
  for (const auto* unit : {"d", "h", "m", "s"})
    if (const auto scale = milliseconds_in(unit); what.count() != 0 && what.count() % scale == 0)
      if (const auto count = what.count() / scale; *unit != 'd' || count > 1)
        return std::to_string(count) + unit;
  return what.count() == 0 ? "0" : std::to_string(what.count()) + "ms";
}

} // namespace lintel::app
