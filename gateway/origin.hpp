#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::gateway {

/// May a page from `origin` open a socket here? Browsers send Origin, other clients need not: absent is allowed.
/// Allowed are the request's own host and port, any loopback origin when the request came to a loopback name, and
/// `entries`. A server that listens on loopback believes in no other host name of its own: a page may have pointed
/// its name at 127.0.0.1 (DNS rebinding); whoever runs it behind a proxy lists the public origin. Entries:
/// "https://a.example", "//a.example:8080", "//*.a.example" (scheme and port compared if given), or "*".
/// As Phoenix's check_origin (lib/phoenix/socket/transport.ex).
enum class reach : std::uint8_t { loopback, network };
bool origin_is_allowed(std::string_view origin, std::string_view host_header, reach listens_on,
                       const std::vector<std::string>& entries);

/// May a page be asked for by this name? On loopback a foreign name is a page of somebody else's whose name points at
/// 127.0.0.1 (DNS rebinding), unless it is the host of one of `entries`. A server on the network cannot know all its
/// names. Absent (HTTP/1.0): no browser.
bool host_is_allowed(std::string_view host_header, reach listens_on, const std::vector<std::string>& entries);

} // namespace lintel::gateway
