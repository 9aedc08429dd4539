#include "tests/unit/gateway/http_requests.hpp"

using namespace lintel::testing;
using namespace lintel::gateway;

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
  const auto outcome = take(request + "\x81\x80"
                                      "1234");
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
  CHECK(status(key("dGhlIHNhbXBsZSBub25j")) == 400);     // 15 bytes
  CHECK(status(key("dGhlIHNhbXBsZSBub25jZTE=")) == 400); // 17 bytes
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
