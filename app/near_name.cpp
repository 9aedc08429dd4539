#include "app/near_name.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace lintel::app {

namespace {

constexpr std::size_t name_chars_max = 64; // beyond, nobody has mistyped one of ours

// Letters to insert, to leave out, to replace, or to swap with their neighbour (optimal string alignment), row by row.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last, last(to.size() + 1), row(to.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, row);
  }
  return last.back();
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
