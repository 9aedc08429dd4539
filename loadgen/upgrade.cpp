#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lintel::loadgen {

namespace {

constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

char lower(char letter) noexcept {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

bool is_same_name(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::string_view value_of(std::string_view head, std::string_view name) noexcept {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != line.npos && is_same_name(line.substr(0, colon), name))
      return trimmed(line.substr(colon + 1));
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return {};
}

} // namespace

std::string upgrade_request(std::string_view host) {
  return fmt::format("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n"
                     "Host: {}\r\n"
                     "Connection: Upgrade\r\n"
                     "Upgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: {}\r\n\r\n",
                     host, key);
}

upgrade_result read_upgrade(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) {
    if (bytes.size() > upgrade_bytes_max)
      return {upgrade_status::refused, 0, "the upgrade was answered with something endless"};
    return {};
  }
  const std::string_view head = bytes.substr(0, end);
  const std::string_view status_line = head.substr(0, head.find("\r\n"));
  if (!status_line.starts_with("HTTP/1.1 101"))
    return {upgrade_status::refused, 0,
            fmt::format("the upgrade was answered \"{}\"", status_line)};
  if (value_of(head, "sec-websocket-accept") != accept)
    return {upgrade_status::refused, 0,
            "the upgrade's Sec-WebSocket-Accept does not belong to our key"};
  return {upgrade_status::accepted, end + 4, {}};
}

} // namespace lintel::loadgen
