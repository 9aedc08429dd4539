#include "protocol/json_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace lintel::protocol {

namespace {

constexpr bool is_number_char(char each) noexcept {
  return (each >= '0' && each <= '9') || each == '.' || each == '-' || each == '+' || each == 'e' || each == 'E';
}

constexpr bool is_real_char(char each) noexcept { return each == '.' || each == 'e' || each == 'E'; }

template <typename Integer>
std::optional<json_number> parse_integer(std::string_view text) noexcept {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return {};
  return value;
}

std::optional<json_number> parse_real(std::string_view text) noexcept {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size())
    return value;
  if (error != std::errc::result_out_of_range)
    return {};
  // from_chars() says the same of both ends of the range. Mantissas are shorter than 300 digits
  // wherever limits.number_chars_max is sane, so the exponent's sign tells them apart.
  if (text.find("e-") == std::string_view::npos && text.find("E-") == std::string_view::npos)
    return {};
  return text.front() == '-' ? -0.0 : 0.0;
}

} // namespace

std::optional<json_number> parse_json_number(std::string_view text) noexcept {
  if (text.empty())
    return {};
  if (std::any_of(text.begin(), text.end(), is_real_char))
    return parse_real(text);
  if (auto value = parse_integer<std::int64_t>(text))
    return value;
  return text.front() == '-' ? std::nullopt : parse_integer<std::uint64_t>(text);
}

std::string_view number_before(std::string_view text, std::size_t end) noexcept {
  std::size_t begin = end;
  while (begin > 0 && is_number_char(text[begin - 1]))
    --begin;
  return text.substr(begin, end - begin);
}

void append_real(std::string& out, double real) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), real);
  const std::string_view shortest{text.data(), static_cast<std::size_t>(end - text.data())};
  out.append(shortest);
  // "1" would come back as an integer.
  if (std::none_of(shortest.begin(), shortest.end(), is_real_char))
    out.append(".0");
}

} // namespace lintel::protocol
