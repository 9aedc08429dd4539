#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::app {

/// "65536", "64KiB", "1MiB", "2GiB", "1TiB"; nullopt: none of these, or more than 64 bits hold. Powers of 1024 only:
/// who says MB may mean either.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// In the largest unit that says it without a fraction: "1500", "64KiB".
std::string bytes_text(std::uint64_t what);

} // namespace lintel::app
