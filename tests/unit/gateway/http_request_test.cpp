#include "gateway/http_request.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::gateway;
using lintel::protocol::wire_format;
using kind = http_outcome::kind;

// What is refused, and how: RFC 6455 4.2, RFC 9112, and the limits of http_limits.

namespace {

http_page pages(std::string_view path) {
  if (path == "/")
    return {200, "text/html; charset=utf-8", "<p>front"};
  return {404, "text/plain; charset=utf-8", "no such page\n"};
}

// Reachable from the network: on loopback no foreign Host is believed.
const gateway_config config = [] {
  gateway_config c;
  c.host = "0.0.0.0";
  return c;
}();
const http_routes routes{config, pages};

http_outcome take(std::string_view bytes) { return take_http_request(bytes, routes); }

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

http_outcome take(const upgrade& request) { return take(request.text()); }

unsigned status(const http_outcome& outcome) {
  REQUIRE(outcome.response.starts_with("HTTP/1.1 "));
  return static_cast<unsigned>(std::stoul(outcome.response.substr(9, 3)));
}

unsigned status(std::string_view bytes) {
  const auto outcome = take(bytes);
  CHECK(outcome.what == kind::respond);
  return status(outcome);
}

unsigned status(const upgrade& request) { return status(std::string_view{request.text()}); }

bool has_header(const http_outcome& outcome, std::string_view line) {
  return outcome.response.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

} // namespace

TEST_CASE("an upgrade is answered as the RFC's example says") {
  const auto outcome = take(upgrade{});
  CHECK(outcome.what == kind::upgraded);
  CHECK(status(outcome) == 101);
  CHECK(has_header(outcome, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  CHECK(has_header(outcome, "Upgrade: websocket"));
  CHECK(outcome.consumed == upgrade{}.text().size());
  CHECK(outcome.response.ends_with("\r\n\r\n"));
  CHECK(outcome.response.find("Sec-WebSocket-Protocol") == std::string::npos);
  CHECK(outcome.response.find("Sec-WebSocket-Extensions") == std::string::npos);
}

TEST_CASE("a request that is not complete asks for more, at every byte") {
  const auto whole = upgrade{}.text();
  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE(take(std::string_view{whole}.substr(0, size)).what == kind::need_more);
  CHECK(take(whole).what == kind::upgraded);
}

TEST_CASE("frames that come with the request are left for the WebSocket") {
  const auto request = upgrade{}.text();
  const auto outcome = take(request + "\x81\x80" "1234");
  CHECK(outcome.what == kind::upgraded);
  CHECK(outcome.consumed == request.size());
}

TEST_CASE("every mount of Phoenix's clients is one of ours, and only exactly") {
  for (const auto* path : {"/socket/websocket", "/websocket", "/realtime/v1/websocket"})
    CHECK(take(upgrade{.line = std::string{"GET "} + path + "?vsn=2.0.0 HTTP/1.1"}).what == kind::upgraded);
  for (const auto* path : {"/socket/websocket/", "/socket", "/Websocket", "//websocket", "/websocket%20"})
    CHECK(status(upgrade{.line = std::string{"GET "} + path + "?vsn=2.0.0 HTTP/1.1"}) == 404);
}

TEST_CASE("vsn and format choose the wire format; a vsn that we do not speak is refused") {
  const auto wire = [](std::string_view query) {
    const auto outcome = take(upgrade{.line = "GET /websocket" + std::string{query} + " HTTP/1.1"});
    CHECK(outcome.what == kind::upgraded);
    return outcome.wire;
  };
  CHECK(wire("") == wire_format::json_v1);
  CHECK(wire("?vsn=1.0.0") == wire_format::json_v1);
  CHECK(wire("?vsn=2.0.0") == wire_format::json_v2);
  CHECK(wire("?vsn=2.0.17&token=x") == wire_format::json_v2);
  CHECK(wire("?vsn=2.0.0&format=msgpack") == wire_format::msgpack);
  CHECK(wire("?vsn=2.0.0&format=json") == wire_format::json_v2);
  for (const auto* vsn : {"3.0.0", "2.1.0", "2.0.", "2.0", "2", "", "2.0.0x", "2.0.-1", " 2.0.0", "latest"}) {
    INFO(vsn);
    CHECK(status(upgrade{.line = "GET /websocket?vsn=" + std::string{vsn} + " HTTP/1.1"}) >= 400);
  }
}

// --- H2: floods and bad bytes

TEST_CASE("H2: too many headers are refused with 431, the most that is allowed passes") {
  const auto with_headers = [](std::size_t count) {
    upgrade request;
    for (std::size_t i = 5; i < count; ++i)
      request.more += "X-" + std::to_string(i) + ": y\r\n";
    return request;
  };
  CHECK(take(with_headers(64)).what == kind::upgraded);
  CHECK(status(with_headers(65)) == 431);
}

TEST_CASE("H2: headers beyond 8 KiB are refused with 431 before they end") {
  CHECK(status(upgrade{.more = "X-Long: " + std::string(9000, 'x') + "\r\n"}) == 431);
  std::string endless = "GET / HTTP/1.1\r\nHost: x\r\n";
  while (endless.size() < 100'000)
    endless += "X: y\r\n";
  CHECK(status(endless) == 431);
  const auto unfinished = upgrade{}.line + "\r\nX-Long: " + std::string(9000, 'x');
  CHECK(status(unfinished) == 431);
}

TEST_CASE("H2: a flood is noticed within the limit, however it trickles in") {
  std::string bytes = "GET / HTTP/1.1\r\nX: ";
  auto outcome = take(bytes);
  while (outcome.what == kind::need_more && bytes.size() < 20'000) {
    bytes.append(50, 'x');
    outcome = take(bytes);
  }
  CHECK(bytes.size() <= 8192 + 100);
  CHECK(status(outcome) == 431);
}

TEST_CASE("H2: a URL beyond 4 KiB is refused with 414") {
  CHECK(status(upgrade{.line = "GET /websocket?vsn=2.0.0&x=" + std::string(5000, 'x') + " HTTP/1.1"}) == 414);
}

TEST_CASE("H2: a request line without end is refused, not waited for") {
  CHECK(status("GET /" + std::string(9000, 'x')) >= 400);
}

TEST_CASE("H2: bytes that have no place in a header are refused with 400") {
  CHECK(status(upgrade{.more = std::string("X: a\0b\r\n", 8)}) == 400);
  CHECK(status(upgrade{.more = "X: a\rb\r\n"}) == 400);
  CHECK(status(upgrade{.more = "X : y\r\n"}) == 400);
  CHECK(status(upgrade{.more = ": y\r\n"}) == 400);
  CHECK(status(upgrade{.more = "X\r\n"}) == 400);
  CHECK(status("GET / HTTP/1.1\nHost: x\n\n") >= 400);
  CHECK(status("\r\n\r\n\r\n") == 400);
  CHECK(status(std::string(100, '\0')) == 400);
  CHECK(status("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n") == 400);
}

TEST_CASE("H2: a folded header cannot smuggle a second one in") {
  // RFC 9112 5.2 lets a server refuse the fold or read it as a space.
  const auto outcome = take(upgrade{.more = "X: a\r\n Origin: https://evil.com\r\n"});
  CHECK((outcome.what == kind::upgraded || status(outcome) == 400));
  CHECK(status(upgrade{.version = "Sec-WebSocket-Version:\r\n 13, 8\r\n"}) >= 400);
}

// --- H3: Host, Connection and Upgrade

TEST_CASE("H3: exactly one Host is needed") {
  CHECK(status(upgrade{.host = ""}) == 400);
  CHECK(status(upgrade{.host = "Host: good.com\r\nHost: good.com\r\n"}) == 400);
}

TEST_CASE("H3: tokens are found in lists and in any case") {
  CHECK(take(upgrade{.connection = "Connection: keep-alive, Upgrade\r\n"}).what == kind::upgraded);
  CHECK(take(upgrade{.connection = "connection: keep-alive,upgrade\r\n"}).what == kind::upgraded);
  CHECK(take(upgrade{.protocol = "UPGRADE: WebSocket\r\n"}).what == kind::upgraded);
}

TEST_CASE("H3: without an upgrade there is no WebSocket") {
  CHECK(status(upgrade{.connection = ""}) == 400);
  CHECK(status(upgrade{.connection = "Connection: close\r\n"}) == 400);
  CHECK(status(upgrade{.protocol = ""}) == 400);
  CHECK(status(upgrade{.protocol = "Upgrade: h2c\r\n"}) == 400);
}

// --- H4: key and version

TEST_CASE("H4: a key is 16 bytes in base64, once") {
  const auto key = [](const std::string& text) { return upgrade{.key = "Sec-WebSocket-Key: " + text + "\r\n"}; };
  CHECK(status(upgrade{.key = ""}) == 400);
  CHECK(status(key("")) == 400);
  CHECK(status(key("dGhlIHNhbXBsZSBub25j")) == 400);             // 15 bytes
  CHECK(status(key("dGhlIHNhbXBsZSBub25jZTE=")) == 400);         // 17 bytes
  CHECK(status(key("dGhlIHNhbXBsZSBub25jZ!==")) == 400);
  CHECK(status(key("dGhlIHNhbXBsZSBub25jZQ=")) == 400);
  const auto twice = upgrade{}.key + upgrade{}.key;
  CHECK(status(upgrade{.key = twice}) == 400);
}

TEST_CASE("H4: any version but 13 gets 426 and is told the one we speak") {
  for (const auto* version : {"0", "7", "8", "12", "14", "13, 8", "8, 13", "", "013", "13.0"}) {
    INFO(version);
    const auto outcome = take(upgrade{.version = "Sec-WebSocket-Version: " + std::string{version} + "\r\n"});
    CHECK(outcome.what == kind::respond);
    CHECK(status(outcome) == 426);
    CHECK(has_header(outcome, "Sec-WebSocket-Version: 13"));
  }
  CHECK(status(upgrade{.version = ""}) == 426);
}

TEST_CASE("H4: two versions at once are no version 13") {
  CHECK(status(upgrade{.version = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n"}) >= 400);
}

// --- H5: subprotocols

TEST_CASE("H5: phoenix is chosen from what a client offers, with or without a token") {
  const auto offer = [](const std::string& text) { return take(upgrade{.more = "Sec-WebSocket-Protocol: " + text + "\r\n"}); };
  for (const auto* text : {"phoenix", "phoenix, base64url.bearer.phx.dG9rZW4", "base64url.bearer.phx.dG9rZW4=,phoenix",
                           " \t phoenix \t ", "other, phoenix"}) {
    INFO(text);
    const auto outcome = offer(text);
    CHECK(outcome.what == kind::upgraded);
    CHECK(has_header(outcome, "Sec-WebSocket-Protocol: phoenix"));
  }
  for (const auto* text : {"other", "PHOENIX", "base64url.bearer.phx.dG9rZW4", ",", "phoenix, base64url.bearer.phx.!",
                           "phoenix, base64url.bearer.phx.a, base64url.bearer.phx.b",
                           "phoenix, base64url.bearer.phx.dG9rZ"}) {
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

TEST_CASE("a page takes no other method") {
  const auto outcome = take("POST / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status(outcome) == 405);
  CHECK(has_header(outcome, "Allow: GET, HEAD"));
}
