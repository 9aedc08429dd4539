#include "actors/exit_report.hpp"

#include "supervisors/bounded_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lintel::actors {

namespace {

constexpr std::size_t reason_bytes_max = 200;
constexpr std::size_t name_bytes_max = 300; // a topic has 255 at most

bool is_plain(char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '='; }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else if (c == '\n')
      out += "\\n";
    else if (c >= ' ' && c < 0x7f)
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out += '"';
}

std::string names_of(const letter_history& last) {
  std::string out;
  last.for_each([&](letter_kind kind) { out.append(out.empty() ? "" : ",").append(name_of(kind)); });
  return out.empty() ? "none" : out;
}

std::string text_of(const exit_sequel& sequel) {
  switch (sequel.next) {
  case exit_sequel::step::restart: return "restart";
  case exit_sequel::step::give_up: return "give_up";
  case exit_sequel::step::stop: return "stop";
  case exit_sequel::step::back_off:
    return fmt::format("\"back_off {}ms\"", std::chrono::ceil<std::chrono::milliseconds>(sequel.delay).count());
  }
  return "?";
}

} // namespace

std::string logfmt_value(std::string_view text, std::size_t bytes_max) {
  const auto cut = supervisors::bounded(text, bytes_max);
  return !cut.empty() && std::ranges::all_of(cut, is_plain) ? cut : quoted(cut);
}

std::string exit_line(std::string_view actor, std::uint32_t incarnation, const exit_report& report,
                      const letter_history& last, const exit_sequel& sequel) {
  auto line = fmt::format(
      "exit actor={} incarnation={} reason={} during={} last={} restarts_left={} next={}",
      logfmt_value(actor, name_bytes_max), incarnation, quoted(supervisors::bounded(report.what, reason_bytes_max)),
      name_of(report.during), names_of(last),
      sequel.restarts_left == supervisors::verdict::no_limit ? "unlimited" : std::to_string(sequel.restarts_left),
      text_of(sequel));
  if (report.trace != 0)
    fmt::format_to(std::back_inserter(line), " trace={:016x}", report.trace);
  return line;
}

} // namespace lintel::actors
