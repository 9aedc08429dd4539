#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::app {

/// So many within such a time.
struct rate {
  std::uint32_t count = 0;
  std::chrono::milliseconds window{1'000};
};

/// "5/10s"; nullopt: none, or within no time at all.
std::optional<rate> parse_rate(std::string_view text);

std::string rate_text(const rate& what);

} // namespace lintel::app
