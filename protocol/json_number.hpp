#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace lintel::protocol {

/// A number that JSON and MessagePack both hold exactly.
using json_number = std::variant<std::int64_t, std::uint64_t, double>;

/// Reads the text of one JSON number, whose grammar a parser has checked. Nothing: an integer
/// beyond int64 and uint64, or a real beyond double. A real too small for a double is zero.
std::optional<json_number> parse_json_number(std::string_view text) noexcept;

/// The number that ends at `end`: RapidJSON tells where a number ends, but not where it began.
std::string_view number_before(std::string_view text, std::size_t end) noexcept;

/// Appends the shortest text that reads back as the same double, recognisable as a real: "1.0".
void append_real(std::string& out, double real);

} // namespace lintel::protocol
