#include "gateway/http_page.hpp"

#include "protocol/transcode.hpp"

#include <boost/beast/http/status.hpp>

#include <ostream> // Boost 1.74 forgets it

namespace lintel::gateway {

namespace http = boost::beast::http;

std::string response_text(const http_page& page, connection_use then) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(page.status));
  std::string out;
  out.reserve(256 + page.headers.size() + page.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(page.status)).append(" ").append(reason.data(), reason.size());
  out.append("\r\nServer: lintel\r\nConnection: ");
  out.append(then == connection_use::close ? "close" : "keep-alive");
  if (!page.content_type.empty())
    out.append("\r\nX-Content-Type-Options: nosniff\r\nContent-Type: ").append(page.content_type);
  if (page.status != 204) // RFC 9110 8.6: never with one
    out.append("\r\nContent-Length: ").append(std::to_string(page.body.size()));
  return out.append("\r\n").append(page.headers).append("\r\n").append(page.body);
}

void cut_body(std::string& response) { response.resize(response.find("\r\n\r\n") + 4); }

http_page api_error(unsigned status, std::string_view code, std::string_view message, std::string headers) {
  http_page page{.status = status, .content_type = "application/json", .headers = std::move(headers)};
  page.body.append(R"({"error":{"code":")").append(code).append(R"(","message":)");
  protocol::append_json_string(page.body, message);
  page.body.append("}}");
  return page;
}

http_page api_unauthorized() {
  return api_error(401, "unauthorized", "a key is needed: Authorization: Bearer KEY, as `lintel token` prints it",
                   "WWW-Authenticate: Bearer\r\n");
}

} // namespace lintel::gateway
