#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lintel::gateway {

/// May a page from `origin` open a socket here? Browsers send Origin, other clients need not: absent is allowed.
/// Allowed are the request's own host and port, any loopback origin when the request came to a loopback name, and
/// `entries`: "https://a.example", "//a.example:8080", "//*.a.example" (scheme and port compared if given), or "*".
/// As Phoenix's check_origin (lib/phoenix/socket/transport.ex).
bool origin_is_allowed(std::string_view origin, std::string_view host_header, const std::vector<std::string>& entries);

} // namespace lintel::gateway
