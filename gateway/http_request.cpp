#include "gateway/http_request.hpp"

#include "gateway/api_head.hpp"
#include "gateway/origin.hpp"
#include "gateway/query_string.hpp"
#include "gateway/request_head.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/detail/hybi13.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace lintel::gateway {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

// Phoenix's default mount, its short form, and the one of Supabase's clients.
constexpr std::array<std::string_view, 3> socket_paths{"/socket/websocket", "/websocket", "/realtime/v1/websocket"};
constexpr std::string_view not_understood = "not a request this server understands\n";
constexpr std::string_view api_prefix = "/api/";
constexpr std::size_t user_bytes_max = 255;
constexpr std::string_view bearer_prefix = "base64url.bearer.phx.";

// Of two different values nobody knows which one a proxy has looked at.
constexpr std::array single_fields{http::field::sec_websocket_key, http::field::sec_websocket_version,
                                   http::field::origin};

http_outcome respond(const http_page& page) {
  http_outcome out;
  out.what = http_outcome::kind::respond;
  out.response = response_text(page, connection_use::close);
  return out;
}

http_outcome respond(unsigned status, std::string_view body, std::string_view extra_header = {}) {
  return respond({.status = status, .body = std::string{body}, .headers = std::string{extra_header}});
}

unsigned status_of(boost::beast::error_code error) {
  if (error == http::error::header_limit)
    return 431;
  if (error == http::error::bad_version)
    return 505;
  return 400;
}

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

// Sixteen bytes in base64: 24 characters, the last two of them padding (RFC 6455 4.2.1).
bool is_websocket_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), is_base64);
}

// The bearer token may be in either base64 alphabet, padded or not; whether it is good is for authentication.
bool is_token(std::string_view text) {
  text = text.substr(0, text.find_last_not_of('=') + 1);
  return text.size() % 4 != 1 && // six bits alone make no byte
         std::ranges::all_of(text, [](char c) { return is_base64(c) || c == '-' || c == '_'; });
}

// Whoever knows it takes the session over: it must be hard to guess.
bool is_session_id(std::string_view sid) {
  return sid.size() >= 16 && sid.size() <= 128 && std::ranges::all_of(sid, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

enum class subprotocol : std::uint8_t { none, phoenix, refused };

struct negotiated {
  subprotocol chosen = subprotocol::none;
  std::string_view token{}; ///< in base64, unpadded
};

// authToken of phoenix.js 1.8: "phoenix, base64url.bearer.phx.<token>". A client that offered protocols fails the
// connection unless it gets one of them back.
negotiated negotiate(std::string_view offered) {
  if (offered.empty())
    return {};
  negotiated found;
  bool is_phoenix = false;
  int tokens = 0;
  while (!offered.empty()) {
    const auto comma = offered.find(',');
    auto name = offered.substr(0, comma);
    offered = comma == std::string_view::npos ? std::string_view{} : offered.substr(comma + 1);
    name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    is_phoenix = is_phoenix || name == "phoenix";
    if (name.starts_with(bearer_prefix)) {
      if (++tokens > 1 || !is_token(name.substr(bearer_prefix.size())))
        return {subprotocol::refused};
      found.token = name.substr(bearer_prefix.size());
      found.token = found.token.substr(0, found.token.find_last_not_of('=') + 1);
    }
  }
  found.chosen = is_phoenix ? subprotocol::phoenix : subprotocol::refused;
  return found;
}

// "~> 2.0.0" and "~> 1.0.0" of Phoenix's serializers; a missing vsn means 1.0.0.
bool choose_wire(std::string_view query, protocol::wire_format& wire) {
  const auto vsn = query_value(query, "vsn").value_or("1.0.0");
  const auto is_patch_of = [&](std::string_view minor) {
    return vsn.starts_with(minor) && vsn.size() > minor.size() &&
           std::ranges::all_of(vsn.substr(minor.size()), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (is_patch_of("1.0."))
    wire = protocol::wire_format::json_v1;
  else if (is_patch_of("2.0."))
    wire = protocol::wire_format::json_v2;
  else
    return false;
  if (query_value(query, "format").value_or("json") == "msgpack")
    wire = protocol::wire_format::msgpack;
  return true;
}

// RFC 6455 4.2.2. Beast's accept() would build a stream and a response object for these lines, which takes as long as
// everything else that we do for a connection; of it only the digest is left.
std::string switching_protocols(std::string_view key, subprotocol chosen) {
  websocket::detail::sec_ws_accept_type accept;
  websocket::detail::make_sec_ws_accept(accept, {key.data(), key.size()});
  std::string out;
  out.reserve(192);
  out.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
      .append(accept.data(), accept.size())
      .append("\r\nServer: lintel\r\n");
  if (chosen == subprotocol::phoenix)
    out.append("Sec-WebSocket-Protocol: phoenix\r\n");
  return out.append("\r\n");
}

http_outcome upgrade(const request_head& r, std::string_view query, const http_routes& routes) {
  const auto& config = routes.config;
  if (r.method() != http::verb::get)
    return respond(400, "only GET opens a WebSocket\n");
  if (r.version() != 11 || !r.wants_websocket() ||
      std::ranges::any_of(single_fields, [&](auto field) { return r.count(field) > 1; }))
    return respond(400, "a WebSocket client is needed here: HTTP/1.1 with Upgrade: websocket\n");
  if (r[http::field::sec_websocket_version] != "13")
    return respond(426, "WebSocket version 13 is needed\n", "Sec-WebSocket-Version: 13\r\n");
  if (!is_websocket_key(r[http::field::sec_websocket_key]))
    return respond(400, "Sec-WebSocket-Key must be 16 bytes in base64\n");
  if (!origin_is_allowed(r[http::field::origin], r[http::field::host], reach_of(config), config.allowed_origins))
    return respond(403, "");
  const auto offer = negotiate(r[http::field::sec_websocket_protocol]);
  http_outcome out;
  if (offer.chosen == subprotocol::refused || !choose_wire(query, out.wire))
    return respond(403, "");
  out.sid = query_value(query, "sid").value_or("");
  out.user = query_value(query, "user").value_or("");
  if (!out.sid.empty() && !is_session_id(out.sid))
    return respond(400, "sid must be 16 to 128 of the characters A-Z a-z 0-9 _ -\n");
  if (out.user.size() > user_bytes_max)
    return respond(400, "user must not be longer than 255 bytes\n");

  out.what = http_outcome::kind::upgraded;
  out.response = switching_protocols(r[http::field::sec_websocket_key], offer.chosen);
  if (const auto token = query_value(query, "token").value_or("");
      routes.role_of && !(token.empty() && offer.token.empty()))
    out.may = routes.role_of({.token = token, .base64 = offer.token});
  return out;
}

http_outcome answer(const request_head& r, std::string_view rest, const http_routes& routes) {
  const auto target = r.target();
  const auto path = target.substr(0, target.find('?'));
  const auto query = path.size() == target.size() ? std::string_view{} : target.substr(path.size() + 1);
  const auto& limits = routes.config.http;
  const bool is_for_api = path.starts_with(api_prefix) && routes.api;
  if (!is_for_api && !r.is_done())
    return respond(400, not_understood);
  if (target.size() > limits.target_bytes_max)
    return respond(414, "the URL is too long\n");
  if (r.field_count() > limits.header_count_max)
    return respond(431, "too many headers\n");
  if (r.count(http::field::host) != 1 && r.version() >= 11)
    return respond(400, "exactly one Host header is needed\n");
  if (is_for_api)
    return take_api_request(r, {.path = path, .query = query, .behind_head = rest}, routes);
  if (std::ranges::find(socket_paths, path) != socket_paths.end())
    return upgrade(r, query, routes);
  if (!host_is_allowed(r[http::field::host], reach_of(routes.config), routes.config.allowed_origins))
    return respond(403, "this server listens on loopback and answers to localhost only; behind a proxy say "
                        "--allow-origin https://your.page\n");
  const credentials shown{.token = bearer_token(r[http::field::authorization])};
  if (r.method() == http::verb::delete_ && routes.remove) {
    if (!origin_is_allowed(r[http::field::origin], r[http::field::host], reach_of(routes.config),
                           routes.config.allowed_origins))
      return respond(403, "");
    if (const auto page = routes.remove(path, shown))
      return respond(*page);
  }
  if (r.method() != http::verb::get && r.method() != http::verb::head)
    return respond(405, "only GET is served here\n", "Allow: GET, HEAD\r\n");
  return respond(routes.get(path, shown));
}

} // namespace

http_outcome take_http_request(std::string_view bytes, const http_routes& routes) {
  request_head head{bytes};
  head.header_limit(static_cast<std::uint32_t>(routes.config.http.header_bytes_max));
  // Ours comes with an answer that says so. Boost 1.74 takes boost::none for less than any length.
  head.body_limit(std::numeric_limits<std::uint64_t>::max());
  boost::beast::error_code error;
  const auto used = head.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, error);
  if (error == http::error::need_more)
    return {};
  auto out = error ? respond(status_of(error), not_understood) : answer(head, bytes.substr(used), routes);
  if (out.what == http_outcome::kind::respond && head.method() == http::verb::head)
    cut_body(out.response);
  if (out.what != http_outcome::kind::need_more && out.what != http_outcome::kind::go_ahead)
    out.consumed += used;
  return out;
}

} // namespace lintel::gateway
