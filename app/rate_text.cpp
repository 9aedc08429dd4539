#include "app/rate_text.hpp"

#include "app/duration_text.hpp"

#include <charconv>

namespace lintel::app {

std::optional<rate> parse_rate(std::string_view text) {
  rate what;
  const auto* end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, what.count);
  if (error != std::errc{} || slash == end || *slash != '/')
    return std::nullopt;
  const auto window = parse_duration({slash + 1, static_cast<std::size_t>(end - slash - 1)});
  if (!window || *window <= std::chrono::milliseconds::zero())
    return std::nullopt;
  what.window = *window;
  return what;
}

std::string rate_text(const rate& what) { return std::to_string(what.count) + "/" + duration_text(what.window); }

} // namespace lintel::app
