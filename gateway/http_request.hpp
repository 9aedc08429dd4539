#pragma once

#include "actors/role.hpp"
#include "gateway/gateway_config.hpp"
#include "protocol/close_reason.hpp"
#include "protocol/wire_format.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lintel::gateway {

/// A page that is no WebSocket.
struct http_page {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string_view headers{}; ///< more header lines, each with its line end; static
};

/// What a client shows to be more than anybody: as text, or in base64 of either alphabet, without padding. Empty: not.
struct credentials {
  std::string_view token;  ///< `token` of the URL's parameters, or of "Authorization: Bearer"
  std::string_view base64; ///< authToken of phoenix.js, out of Sec-WebSocket-Protocol
};

/// What the server answers besides upgrades. Called on any worker: must be thread-safe.
struct http_routes {
  const gateway_config& config;
  /// Status 404 when there is no such page.
  std::function<http_page(std::string_view path, const credentials& shown)> get;
  /// Unset: nobody is more than anybody. Credentials that are not ours are no error: they may be the application's.
  std::function<actors::role(const credentials& shown)> role_of;
};

struct http_outcome {
  enum class kind : std::uint8_t {
    need_more, ///< the request is not complete
    respond,   ///< send `response`, then close
    upgraded,  ///< send `response`, then speak WebSocket in `wire`
  };
  kind what = kind::need_more;
  std::string response;
  std::size_t consumed = 0; ///< bytes of the request; what follows belongs to the WebSocket
  protocol::wire_format wire = protocol::wire_format::json_v2;
  std::string sid;  ///< upgraded: the session that the client names; empty: none
  std::string user; ///< upgraded: what it calls itself; empty: nothing
  actors::role may = actors::role::none;
};

/// Reads one HTTP request (RFC 9112, by Beast) and decides: a page, a refusal, or the upgrade of RFC 6455 4.2.
/// Checks in Phoenix's order (lib/phoenix/transports/websocket.ex): origin, token, subprotocols, vsn.
http_outcome take_http_request(std::string_view bytes, const http_routes& routes);

} // namespace lintel::gateway
