#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lintel::supervisors {

/// A reason is kept, passed up the tree and logged at each level: a crash that carries a megabyte of
/// text must not become many.
inline constexpr std::size_t reason_bytes_max = 512;

/// The text, or its beginning and "..." when it has more than `bytes_max` bytes. UTF-8 is cut between
/// two characters.
[[nodiscard]] inline std::string bounded(std::string_view text,
                                         std::size_t bytes_max = reason_bytes_max) {
  constexpr std::string_view ellipsis = "...";
  if (text.size() <= bytes_max)
    return std::string{text};
  auto end = bytes_max < ellipsis.size() ? 0 : bytes_max - ellipsis.size();
  const auto is_inside_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  while (end > 0 && is_inside_character(end))
    --end;
  return std::string{text.substr(0, end)}.append(ellipsis);
}

} // namespace lintel::supervisors
