#include "actors/connection_id.hpp"

#include "base/bounded_writer.hpp"

#include <array>
#include <charconv>

namespace lintel::actors {

namespace {

// Takes digits and, unless it is the last number, the dash behind them.
template <class Number>
bool take_number(std::string_view& text, Number& out, bool is_last) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{})
    return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (is_last)
    return text.empty();
  if (!text.starts_with('-'))
    return false;
  text.remove_prefix(1);
  return true;
}

} // namespace

std::size_t write(const connection_id& id, std::span<char> into) noexcept {
  return base::bounded_writer{into}
      .text("c")
      .number(id.worker)
      .text("-")
      .number(id.slot)
      .text("-")
      .number(id.generation)
      .size();
}

std::string to_string(const connection_id& id) {
  std::array<char, 32> text; // of "c65535-4294967295-4294967295"
  return {text.data(), write(id, text)};
}

std::optional<connection_id> parse_connection_id(std::string_view text) {
  if (!text.starts_with('c'))
    return std::nullopt;
  text.remove_prefix(1);
  connection_id id;
  if (take_number(text, id.worker, false) && take_number(text, id.slot, false) &&
      take_number(text, id.generation, true))
    return id;
  return std::nullopt;
}

} // namespace lintel::actors
