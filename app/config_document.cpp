#include "app/config_document.hpp"

#define TOML_EXCEPTIONS 0 // a mistake in the file is a value
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

namespace lintel::app {

namespace {

using kind = config_node::kind;

constexpr std::size_t file_bytes_max = 1 << 20;
constexpr std::size_t shown_bytes_max = 60; // of a value in a message

std::uint32_t line_of(const toml::source_region& where) { return std::max<std::uint32_t>(where.begin.line, 1); }

std::string text_of(double number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

template <class Time>
std::string text_of(const Time& time) {
  std::ostringstream out;
  out << time;
  return out.str();
}

config_node node_of(const toml::node& from);

config_node list_of(const toml::array& from) {
  config_node list{.what = kind::list};
  for (const auto& item : from)
    list.children.push_back(node_of(item));
  return list;
}

config_node table_of(const toml::table& from) {
  config_node table{.what = kind::table};
  for (const auto& [key, value] : from) {
    auto entry = node_of(value);
    entry.line = line_of(key.source());
    entry.name = key.str();
    table.children.push_back(std::move(entry));
  }
  std::ranges::stable_sort(table.children, {}, &config_node::line); // toml++ sorts by name
  return table;
}

config_node scalar_of(const toml::node& from) {
  if (const auto* text = from.as_string())
    return {.what = kind::text, .text = text->get()};
  if (const auto* number = from.as_integer())
    return {.what = kind::number, .text = std::to_string(number->get())};
  if (const auto* number = from.as_floating_point())
    return {.what = kind::number, .text = text_of(number->get())};
  if (const auto* yes = from.as_boolean())
    return {.what = kind::boolean, .text = yes->get() ? "true" : "false"};
  if (const auto* date = from.as_date())
    return {.what = kind::time, .text = text_of(date->get())};
  if (const auto* time = from.as_time())
    return {.what = kind::time, .text = text_of(time->get())};
  return {.what = kind::time, .text = text_of(from.as_date_time()->get())};
}

config_node node_of(const toml::node& from) {
  auto node = from.is_table()   ? table_of(*from.as_table())
              : from.is_array() ? list_of(*from.as_array())
                                : scalar_of(from);
  node.line = line_of(from.source());
  return node;
}

std::string one_line(std::string_view text) {
  std::string out{text};
  std::ranges::replace_if(
      out, [](unsigned char each) { return each < 0x20 || each == 0x7f; }, '?');
  return out;
}

} // namespace

std::string printable(std::string_view text) {
  auto length = std::min(text.size(), shown_bytes_max);
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    --length; // not in the middle of a character
  const auto out = one_line(text.substr(0, length));
  return length < text.size() ? out + "…" : out;
}

std::string config_node::shown() const {
  if (!is_scalar())
    return what == kind::list ? "a list" : "a table";
  return what == kind::text ? '"' + printable(text) + '"' : printable(text);
}

config_node parse_config(std::string_view toml, config_flaws& flaws) {
  const auto parsed = toml::parse(toml);
  if (parsed)
    return table_of(parsed.table());
  const auto& error = parsed.error();
  flaws.push_back({line_of(error.source()), "not TOML: " + one_line(error.description())});
  return {};
}

std::string read_config_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text;
  text.resize(file_bytes_max + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.eof()) {
    const auto why = std::generic_category().message(errno);
    throw std::runtime_error{"cannot read " + file.string() + ": " + (in.good() ? "it is larger than 1 MiB" : why)};
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

} // namespace lintel::app
