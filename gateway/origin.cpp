#include "gateway/origin.hpp"

#include "gateway/listening_socket.hpp"

#include <algorithm>
#include <cctype>

namespace lintel::gateway {

namespace {

struct origin_parts {
  std::string scheme;
  std::string host;
  std::string port;
};

std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

void split_authority(std::string_view authority, origin_parts& out) {
  const auto bracket = authority.rfind(']'); // an IPv6 address has colons of its own
  const auto colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  out.host = lowered(authority.substr(0, has_port ? colon : std::string_view::npos));
  if (has_port)
    out.port = authority.substr(colon + 1);
}

// "https://a.example:8080" or "//a.example". A path has no place in an origin; nothing without a host is one.
bool split(std::string_view text, origin_parts& out) {
  const auto slashes = text.find("//");
  if (slashes == std::string_view::npos || (slashes > 0 && text[slashes - 1] != ':'))
    return false;
  if (slashes > 0)
    out.scheme = lowered(text.substr(0, slashes - 1));
  const auto authority = text.substr(slashes + 2);
  if (authority.empty() || authority.find_first_of("/@ ") != std::string_view::npos)
    return false;
  split_authority(authority, out);
  return !out.host.empty();
}

std::string_view default_port(const origin_parts& parts) {
  return parts.scheme == "https" || parts.scheme == "wss" ? "443" : "80";
}

std::string_view effective_port(const origin_parts& parts) {
  return parts.port.empty() ? default_port(parts) : std::string_view{parts.port};
}

// 127.0.0.1.evil.example is a name like any other: an address is what parses as one, to its end.
bool is_loopback_name(const std::string& host) { return host == "[::1]" || is_loopback(host); }

bool host_matches(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*."))
    return pattern == host;
  const auto domain = pattern.substr(2);
  return host == domain ||
         (host.ends_with(domain) && host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.');
}

bool entry_matches(std::string_view entry, const origin_parts& origin) {
  if (entry == "*")
    return true;
  origin_parts wanted;
  if (!split(entry, wanted) || !host_matches(wanted.host, origin.host))
    return false;
  if (!wanted.scheme.empty() && wanted.scheme != origin.scheme)
    return false;
  return (wanted.port.empty() && wanted.scheme.empty()) || effective_port(wanted) == effective_port(origin);
}

} // namespace

bool origin_is_allowed(std::string_view origin, std::string_view host_header, reach listens_on,
                       const std::vector<std::string>& entries) {
  if (origin.empty())
    return true;
  origin_parts from;
  if (!split(origin, from)) // "null", or no URL at all
    return std::ranges::find(entries, "*") != entries.end();
  origin_parts own;
  split_authority(host_header, own);
  own.scheme = from.scheme; // a Host header has none
  if (is_loopback_name(own.host) && is_loopback_name(from.host))
    return true;
  if (listens_on == reach::network && from.host == own.host && effective_port(from) == effective_port(own))
    return true;
  return std::ranges::any_of(entries, [&](const std::string& entry) { return entry_matches(entry, from); });
}

bool host_is_allowed(std::string_view host_header, reach listens_on, const std::vector<std::string>& entries) {
  if (listens_on == reach::network || host_header.empty())
    return true;
  origin_parts own;
  split_authority(host_header, own);
  if (is_loopback_name(own.host))
    return true;
  return std::ranges::any_of(entries, [&](const std::string& entry) {
    origin_parts wanted;
    return entry == "*" || (split(entry, wanted) && host_matches(wanted.host, own.host));
  });
}

} // namespace lintel::gateway
