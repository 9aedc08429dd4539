#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::app {

/// No time that is said anywhere is longer: ten years.
inline constexpr std::chrono::milliseconds duration_max = std::chrono::hours{24 * 3650};

/// "100ms", "5s", "2m", "1h", "30d", "0"; nullopt: none of these, or more than `duration_max`.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// In the largest unit that says it without a fraction: "1500ms", "5s".
std::string duration_text(std::chrono::milliseconds what);

} // namespace lintel::app
