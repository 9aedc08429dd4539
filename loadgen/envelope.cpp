#include "loadgen/envelope.hpp"

#include <charconv>

namespace lintel::loadgen {

namespace {

bool cut(std::string_view& text, std::string_view expected) noexcept {
  if (!text.starts_with(expected))
    return false;
  text.remove_prefix(expected.size());
  return true;
}

bool cut_string(std::string_view& text, std::string_view& found) noexcept {
  if (!cut(text, "\""))
    return false;
  const std::size_t end = text.find('"');
  if (end == text.npos)
    return false;
  found = text.substr(0, end);
  text.remove_prefix(end + 1);
  return found.find('\\') == found.npos;
}

bool cut_ref(std::string_view& text, std::optional<std::string_view>& found) noexcept {
  if (cut(text, "null")) {
    found.reset();
    return true;
  }
  std::string_view ref;
  if (!cut_string(text, ref))
    return false;
  found = ref;
  return true;
}

} // namespace

bool scan_envelope(std::string_view text, envelope& found) {
  if (!cut(text, "[") || !cut_ref(text, found.join_ref) || !cut(text, ",") ||
      !cut_ref(text, found.ref) || !cut(text, ",") || !cut_string(text, found.topic) ||
      !cut(text, ",") || !cut_string(text, found.event) || !cut(text, ","))
    return false;
  if (!text.starts_with('{') || !text.ends_with("}]"))
    return false;
  text.remove_suffix(1);
  found.payload = text;
  return true;
}

std::optional<std::uint32_t> number_of(std::string_view ref) noexcept {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(ref.data(), ref.data() + ref.size(), number);
  const bool is_whole = error == std::errc{} && end == ref.data() + ref.size();
  if (!is_whole || ref.front() == '0')
    return std::nullopt;
  return number;
}

reply_status status_of(std::string_view payload) noexcept {
  // Only the outermost member counts, first or last: a response may hold a "status" of its own.
  if (payload.starts_with(R"({"status":"ok")") || payload.ends_with(R"(,"status":"ok"})"))
    return reply_status::ok;
  if (payload.starts_with(R"({"status":"error")") || payload.ends_with(R"(,"status":"error"})"))
    return reply_status::error;
  return reply_status::unreadable;
}

} // namespace lintel::loadgen
