#include "loadgen/message_stamp.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace lintel::loadgen {

namespace {

template <class Number>
bool read_member(std::string_view payload, std::string_view name, std::size_t& from,
                 Number& number) noexcept {
  std::size_t at = payload.find(name, from);
  if (at == payload.npos)
    at = payload.find(name); // a server may have reordered the members
  if (at == payload.npos)
    return false;
  const char* first = payload.data() + at + name.size();
  const char* last = payload.data() + payload.size();
  const auto [end, error] = std::from_chars(first, last, number);
  from = static_cast<std::size_t>(end - payload.data());
  return error == std::errc{} && end != last && (*end == ',' || *end == '}');
}

} // namespace

void append_payload(std::string& out, const message_stamp& stamp, std::size_t size) {
  const std::size_t start = out.size();
  fmt::format_to(std::back_inserter(out), R"({{"s":{},"n":{},"t":{},"p":")", stamp.sender,
                 stamp.sequence, to_ns(stamp.intended));
  constexpr std::size_t tail_bytes = 2;
  const std::size_t used = out.size() - start + tail_bytes;
  if (used < size)
    out.append(size - used, 'x');
  out.append("\"}");
}

bool read_payload(std::string_view payload, message_stamp& stamp) noexcept {
  std::size_t from = 0;
  std::int64_t intended_ns = 0;
  if (!read_member(payload, R"("s":)", from, stamp.sender) ||
      !read_member(payload, R"("n":)", from, stamp.sequence) ||
      !read_member(payload, R"("t":)", from, intended_ns))
    return false;
  stamp.intended = from_ns(intended_ns);
  return true;
}

} // namespace lintel::loadgen
