#pragma once

#include "actors/role.hpp"
#include "gateway/api_request.hpp"
#include "gateway/gateway_config.hpp"
#include "gateway/http_page.hpp"
#include "protocol/close_reason.hpp"
#include "protocol/wire_format.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::gateway {

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
  /// What is below /api/. Unset: nothing is. The answer, or none: it comes later, by socket_worker::answer. The body of
  /// a request that shows no key is not read: such a request does not come here.
  std::function<std::optional<http_page>(api_request request)> api{};
  /// DELETE. Nothing: there is nothing to delete at `path`. Unset: nowhere is.
  std::function<std::optional<http_page>(std::string_view path, const credentials& shown)> remove{};
};

struct http_outcome {
  enum class kind : std::uint8_t {
    need_more, ///< the request is not complete
    go_ahead,  ///< nor is it here; but send `response`, the client waits for that before it goes on
    respond,   ///< send `response`, then close
    upgraded,  ///< send `response`, then speak WebSocket in `wire`
    asked,     ///< `api` is for the application to answer
  };
  kind what = kind::need_more;
  std::string response;
  std::size_t consumed = 0; ///< bytes of the request; what follows belongs to the WebSocket
  protocol::wire_format wire = protocol::wire_format::json_v2;
  std::string sid;  ///< upgraded: the session that the client names; empty: none
  std::string user; ///< upgraded: what it calls itself; empty: nothing
  actors::role may = actors::role::none;
  std::unique_ptr<api_request> api;
  bool keeps_alive = false; ///< asked: the client may ask again on this connection
  bool is_head = false;     ///< asked: of the answer it wants the head alone
};

/// Reads one HTTP request (RFC 9112, by Beast) and decides: a page, a refusal, or the upgrade of RFC 6455 4.2.
/// Checks in Phoenix's order (lib/phoenix/transports/websocket.ex): origin, token, subprotocols, vsn.
/// Only requests below /api/ may have a body; of what can be said about a length they may use one plain Content-Length
/// alone, so that no proxy in front can see another end of the request than we do (RFC 9112 11.2).
http_outcome take_http_request(std::string_view bytes, const http_routes& routes);

} // namespace lintel::gateway
