#include "gateway/api_head.hpp"

#include "gateway/listening_socket.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace lintel::gateway {

namespace http = boost::beast::http;

namespace {

http_outcome refused(const http_page& page) {
  http_outcome out;
  out.what = http_outcome::kind::respond;
  out.response = response_text(page, connection_use::close);
  return out;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What a proxy and we might understand differently is refused, whatever the RFC would allow.
std::optional<http_page> flaw_in_framing(const request_head& r) {
  const auto lengths = r.count(http::field::content_length);
  if (r.count(http::field::transfer_encoding) > 0)
    return lengths == 0 && r.version() >= 11
               ? api_error(411, "length_required", "a body needs a Content-Length; chunks are not read here")
               : api_error(400, "bad_request", "Transfer-Encoding is not understood here");
  if (lengths > 1 || (lengths == 1 && !is_number(r[http::field::content_length])))
    return api_error(400, "bad_request", "one Content-Length, one number");
  if (r.count(http::field::authorization) > 1 || r.count(http::field::origin) > 1)
    return api_error(400, "bad_request", "Authorization and Origin may stand there once");
  return std::nullopt;
}

std::unique_ptr<api_request> request_of(const request_head& r, const api_target& what) {
  auto out = std::make_unique<api_request>();
  const auto method = r.method() == http::verb::head ? http::verb::get : r.method();
  const auto name = http::to_string(method);
  out->method.assign(name.data(), name.size());
  out->path = what.path;
  out->query = what.query;
  out->content_type = r[http::field::content_type];
  return out;
}

} // namespace

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() ||
      !std::ranges::equal(authorization.substr(0, scheme.size()), scheme,
                          [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; }))
    return {};
  return authorization.substr(scheme.size());
}

reach reach_of(const gateway_config& config) { return is_loopback(config.host) ? reach::loopback : reach::network; }

http_outcome take_api_request(const request_head& r, const api_target& what, const http_routes& routes) {
  const auto& config = routes.config;
  if (const auto flaw = flaw_in_framing(r))
    return refused(*flaw);
  // Before anything else is looked at: a page of somebody else's must learn nothing.
  if (!origin_is_allowed(r[http::field::origin], r[http::field::host], reach_of(config), config.allowed_origins))
    return refused(api_error(403, "forbidden", "this page may not ask here: --allow-origin says which may"));
  const auto length = r.content_length().value_or(0);
  if (length > config.http.body_bytes_max)
    return refused(api_error(413, "too_large", "the body is too large"));
  const auto token = bearer_token(r[http::field::authorization]);
  const auto may = routes.role_of && !token.empty() ? routes.role_of({.token = token}) : actors::role::none;
  if (length > 0 && may == actors::role::none)
    return refused(api_unauthorized()); // nobody keeps a megabyte here without a key
  const auto expects = r[http::field::expect];
  if (!expects.empty() && !boost::beast::iequals({expects.data(), expects.size()}, "100-continue"))
    return refused(api_error(417, "expectation_failed", "only 100-continue can be expected"));
  http_outcome out;
  if (what.behind_head.size() < length) {
    // With a part of the body here nobody waits for leave to send it (RFC 9110 10.1.1). So it is given once: each
    // look at a request has more bytes than the one before.
    if (!expects.empty() && what.behind_head.empty() && r.version() >= 11) {
      out.what = http_outcome::kind::go_ahead;
      out.response = "HTTP/1.1 100 Continue\r\n\r\n";
    }
    return out;
  }
  out.what = http_outcome::kind::asked;
  out.api = request_of(r, what);
  out.api->body = what.behind_head.substr(0, length);
  out.api->may = may;
  out.keeps_alive = r.keep_alive();
  out.is_head = r.method() == http::verb::head;
  out.consumed = length;
  return out;
}

} // namespace lintel::gateway
