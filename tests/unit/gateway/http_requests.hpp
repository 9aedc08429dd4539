#pragma once

#include "gateway/http_request.hpp"
#include <catch2/catch.hpp>
#include <string>

// What is refused, and how: RFC 6455 4.2, RFC 9112, and the limits of http_limits.
namespace lintel::testing {

using lintel::gateway::gateway_config;
using lintel::gateway::http_outcome;
using lintel::gateway::http_page;
using lintel::gateway::http_routes;
using lintel::gateway::take_http_request;
using lintel::protocol::wire_format;
using kind = http_outcome::kind;

inline http_page pages(std::string_view path, const lintel::gateway::credentials&) {
  if (path == "/")
    return {200, "text/html; charset=utf-8", "<p>front"};
  return {404, "text/plain; charset=utf-8", "no such page\n"};
}

// Reachable from the network: on loopback no foreign Host is believed.
inline const gateway_config config = [] {
  gateway_config c;
  c.host = "0.0.0.0";
  return c;
}();
inline const http_routes routes{config, pages};

inline http_outcome take(std::string_view bytes) { return take_http_request(bytes, routes); }

/// A good upgrade, to be spoiled by each test.
struct upgrade {
  std::string line = "GET /socket/websocket?vsn=2.0.0 HTTP/1.1";
  std::string host = "Host: good.com\r\n";
  std::string connection = "Connection: Upgrade\r\n";
  std::string protocol = "Upgrade: websocket\r\n";
  std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  std::string version = "Sec-WebSocket-Version: 13\r\n";
  std::string more;

  std::string text() const { return line + "\r\n" + host + connection + protocol + key + version + more + "\r\n"; }
};

inline http_outcome take(const upgrade& request) { return take(request.text()); }

inline unsigned status(const http_outcome& outcome) {
  REQUIRE(outcome.response.starts_with("HTTP/1.1 "));
  return static_cast<unsigned>(std::stoul(outcome.response.substr(9, 3)));
}

inline unsigned status(std::string_view bytes) {
  const auto outcome = take(bytes);
  CHECK(outcome.what == kind::respond);
  return status(outcome);
}

inline unsigned status(const upgrade& request) { return status(std::string_view{request.text()}); }

inline bool has_header(const http_outcome& outcome, std::string_view line) {
  return outcome.response.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

} // namespace lintel::testing
