#include "app/near_name.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace lintel::app {

namespace {

constexpr std::size_t name_chars_max = 64; // beyond, nobody has mistyped one of ours

// Letters to insert, to leave out or to replace (Levenshtein's distance), row by row.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const auto replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

} // namespace

std::string near_name(std::string_view written, std::span<const std::string> names) {
  if (written.size() > name_chars_max)
    return {};
  std::string nearest;
  auto least = std::max<std::size_t>(1, written.size() / 3); // a third of the letters may be wrong
  for (const auto& name : names)
    // A part of a name counts as near, whatever is missing: idle for idle-timeout.
    if (const auto away = name.starts_with(written) && written.size() > 2 ? 1 : distance(written, name);
        away <= least) {
      if (away == least && !nearest.empty())
        continue;
      least = away;
      nearest = name;
    }
  return nearest;
}

} // namespace lintel::app
