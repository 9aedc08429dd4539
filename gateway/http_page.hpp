#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::gateway {

/// An answer over HTTP that is no upgrade.
struct http_page {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string headers; ///< more of them, each a line with its CRLF
};

/// What becomes of the connection behind an answer.
enum class connection_use : std::uint8_t { keep_alive, close };

/// Head and body as they are sent (RFC 9112 4).
std::string response_text(const http_page& page, connection_use then);

/// The same text without the body: what HEAD is answered with (RFC 9110 9.3.2).
void cut_body(std::string& response);

/// {"error":{"code":"not_found","message":"…"}}, the answer of the API to what it does not do. `code` is one of ours
/// and needs no escaping; `message` is UTF-8.
http_page api_error(unsigned status, std::string_view code, std::string_view message, std::string headers = {});

/// 401, as whoever shows no key gets it.
http_page api_unauthorized();

} // namespace lintel::gateway
