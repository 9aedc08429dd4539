#include "tests/unit/gateway/http_requests.hpp"

using namespace lintel::testing;
using namespace lintel::gateway;

// --- H5: subprotocols

TEST_CASE("H5: phoenix is chosen from what a client offers, with or without a token") {
  const auto offer = [](const std::string& text) {
    return take(upgrade{.more = "Sec-WebSocket-Protocol: " + text + "\r\n"});
  };
  for (const auto* text : {"phoenix", "phoenix, base64url.bearer.phx.dG9rZW4", "base64url.bearer.phx.dG9rZW4=,phoenix",
                           " \t phoenix \t ", "other, phoenix"}) {
    INFO(text);
    const auto outcome = offer(text);
    CHECK(outcome.what == kind::upgraded);
    CHECK(has_header(outcome, "Sec-WebSocket-Protocol: phoenix"));
  }
  for (const auto* text :
       {"other", "PHOENIX", "base64url.bearer.phx.dG9rZW4", ",", "phoenix, base64url.bearer.phx.!",
        "phoenix, base64url.bearer.phx.a, base64url.bearer.phx.b", "phoenix, base64url.bearer.phx.dG9rZ"}) {
    INFO(text);
    CHECK(status(offer(text)) == 403);
  }
}

TEST_CASE("H5: thousands of commas are read in linear time and refused") {
  CHECK(status(upgrade{.more = "Sec-WebSocket-Protocol: " + std::string(7000, ',') + "\r\n"}) == 403);
}

TEST_CASE("H5: extensions are never negotiated") {
  const auto outcome = take(upgrade{
      .more = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_max_window_bits=8\r\n"});
  CHECK(outcome.what == kind::upgraded);
  CHECK(outcome.response.find("permessage") == std::string::npos);
}

// --- H6: methods, versions, bodies

TEST_CASE("H6: only GET opens a WebSocket") {
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "BREW"}) {
    INFO(method);
    CHECK(status(upgrade{.line = std::string{method} + " /websocket?vsn=2.0.0 HTTP/1.1"}) == 400);
  }
}

TEST_CASE("H6: HTTP/1.0 opens no WebSocket, and other versions are not spoken") {
  CHECK(status(upgrade{.line = "GET /websocket?vsn=2.0.0 HTTP/1.0"}) == 400);
  CHECK(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
  CHECK(status(upgrade{.line = "GET /websocket HTTP/3.0"}) == 505);
  CHECK(status(upgrade{.line = "GET /websocket HTTP/1.2"}) == 505);
  CHECK(status(upgrade{.line = "GET /websocket"}) == 400);
}

TEST_CASE("H6: a request with a body is refused") {
  CHECK(status(upgrade{.more = "Content-Length: 5\r\n"}) == 400);
  CHECK(status(upgrade{.more = "Transfer-Encoding: chunked\r\n"}) == 400);
  CHECK(status(upgrade{.more = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"}) == 400);
  CHECK(status(upgrade{.more = "Content-Length: 99999999999999999999999\r\n"}) == 400);
  CHECK(status(upgrade{.more = "Content-Length: -1\r\n"}) == 400);
  CHECK(status(upgrade{.more = "Content-Length: 5\r\nContent-Length: 6\r\n"}) == 400);
  const auto chunked = upgrade{.more = "Transfer-Encoding: chunked\r\n"}.text() + "ffffffffffffffff0\r\n";
  CHECK(status(std::string_view{chunked}) == 400);
}

TEST_CASE("H6: a body that is announced as empty is none") {
  CHECK(take(upgrade{.more = "Content-Length: 0\r\n"}).what == kind::upgraded);
}

// --- H7: origins

TEST_CASE("H7: a foreign page is refused with 403, our own and none may connect") {
  const auto from = [](const std::string& origin) { return upgrade{.more = "Origin: " + origin + "\r\n"}; };
  for (const auto* origin : {"https://evil.com", "null", "https://good.com.evil", "https://evil-good.com",
                             "http://good.com:8080", "http://127.0.0.1.evil.example"})
    CHECK(status(from(origin)) == 403);
  CHECK(take(from("https://good.com")).what == kind::upgraded);
  CHECK(take(from("HTTPS://GOOD.COM")).what == kind::upgraded);
  CHECK(take(upgrade{}).what == kind::upgraded);
}

TEST_CASE("H7: of two origins none is believed") {
  CHECK(status(upgrade{.more = "Origin: https://good.com\r\nOrigin: https://evil.com\r\n"}) >= 400);
}

TEST_CASE("H7: an origin that the operator listed may connect") {
  gateway_config open;
  open.allowed_origins = {"//*.b.example"};
  const http_routes other{open, pages};
  CHECK(take_http_request(upgrade{.more = "Origin: https://x.b.example\r\n"}.text(), other).what == kind::upgraded);
}

// --- pages

TEST_CASE("a page is served with its length and closes the connection") {
  const auto outcome = take("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(outcome.what == kind::respond);
  CHECK(status(outcome) == 200);
  CHECK(has_header(outcome, "Content-Length: 8"));
  CHECK(has_header(outcome, "Connection: close"));
  CHECK(outcome.response.ends_with("\r\n\r\n<p>front"));
  CHECK(status("GET /?x=1 HTTP/1.1\r\nHost: x\r\n\r\n") == 200);
  CHECK(status("GET / HTTP/1.0\r\n\r\n") == 200);
  CHECK(status("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n") == 404);
}

TEST_CASE("HEAD is answered without the body that it announces") {
  const auto outcome = take("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status(outcome) == 200);
  CHECK(has_header(outcome, "Content-Length: 8"));
  CHECK(outcome.response.ends_with("\r\n\r\n"));
  CHECK(take("HEAD /websocket HTTP/1.1\r\nHost: x\r\n\r\n").response.ends_with("\r\n\r\n"));
  CHECK(take("HEAD /nowhere HTTP/1.1\r\n\r\n").response.ends_with("\r\n\r\n"));
}

TEST_CASE("a page brings its own headers") {
  const http_routes other{config, [](std::string_view, const auto&) {
                            return http_page{.body = "x", .headers = "Cache-Control: no-store\r\n"};
                          }};
  const auto outcome = take_http_request("GET / HTTP/1.1\r\nHost: x\r\n\r\n", other);
  CHECK(has_header(outcome, "Cache-Control: no-store"));
  CHECK(outcome.response.ends_with("\r\n\r\nx"));
}

TEST_CASE("a server on loopback shows no page under a foreign name: it may have been pointed at 127.0.0.1") {
  const gateway_config on_loopback;
  const http_routes other{on_loopback, pages};
  const auto status_for = [&](const std::string& host) {
    return status(take_http_request("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", other));
  };
  CHECK(status_for("127.0.0.1:4000") == 200);
  CHECK(status_for("localhost:4000") == 200);
  CHECK(status_for("evil.example:4000") == 403);
}

TEST_CASE("a page takes no other method") {
  const auto outcome = take("POST / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status(outcome) == 405);
  CHECK(has_header(outcome, "Allow: GET, HEAD"));
}

// --- who asks

TEST_CASE("credentials reach whoever knows roles, as a parameter or as authToken") {
  std::string seen;
  http_routes asking = routes;
  asking.role_of = [&seen](const lintel::gateway::credentials& shown) {
    seen = std::string{shown.token} + "|" + std::string{shown.base64};
    return lintel::actors::role::viewer;
  };
  const auto role_of = [&](const upgrade& request) {
    seen = "nobody asked";
    return take_http_request(request.text(), asking).may;
  };
  CHECK(role_of({}) == lintel::actors::role::none);
  CHECK(seen == "nobody asked");
  CHECK(role_of({.line = "GET /socket/websocket?token=a%2Bb&vsn=2.0.0 HTTP/1.1"}) == lintel::actors::role::viewer);
  CHECK(seen == "a+b|");
  CHECK(role_of({.more = "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.dG9rZW4=\r\n"}) ==
        lintel::actors::role::viewer);
  CHECK(seen == "|dG9rZW4");
}

TEST_CASE("pages see a bearer token, and no other kind of authorization") {
  std::string seen;
  const http_routes asking{config,
                           [&seen](std::string_view, const lintel::gateway::credentials& shown) {
                             seen = shown.token;
                             return http_page{};
                           },
                           nullptr};
  const auto token_of = [&](const std::string& header) {
    seen.clear();
    take_http_request("GET /metrics HTTP/1.1\r\nHost: a\r\n" + header + "\r\n", asking);
    return seen;
  };
  CHECK(token_of("Authorization: Bearer abc\r\n") == "abc");
  CHECK(token_of("authorization: bEARER abc\r\n") == "abc");
  CHECK(token_of("Authorization: Basic abc\r\n").empty());
  CHECK(token_of("Authorization: Bearer\r\n").empty());
  CHECK(token_of("").empty());
}
