#include "tests/unit/gateway/http_requests.hpp"

using namespace lintel::testing;
using namespace lintel::gateway;
using lintel::actors::role;

// Requests below /api/: where they end (RFC 9112 6, 11.2), and who may have a body read.

namespace {

const gateway_config api_config = [] {
  gateway_config c;
  c.http.body_bytes_max = 100;
  return c;
}();
const http_routes api_routes{api_config, pages,
                             [](const credentials& shown) { return shown.token == "good" ? role::admin : role::none; },
                             [](api_request) -> std::optional<http_page> { return std::nullopt; }};

http_outcome ask(std::string_view bytes) { return take_http_request(bytes, api_routes); }

/// A good request, to be spoiled by each test.
struct publish {
  std::string line = "POST /api/v1/publish?a=b HTTP/1.1";
  std::string host = "Host: localhost\r\n";
  std::string key = "Authorization: Bearer good\r\n";
  std::string type = "Content-Type: application/json\r\n";
  std::string length = "Content-Length: 2\r\n";
  std::string more{};
  std::string body = "{}";

  std::string head() const { return line + "\r\n" + host + key + type + length + more + "\r\n"; }
  std::string text() const { return head() + body; }
};

unsigned refusal(const publish& request) {
  const auto outcome = ask(request.text());
  INFO(request.text());
  REQUIRE(outcome.what == kind::respond);
  CHECK(has_header(outcome, "Connection: close"));
  return status(outcome);
}

std::string_view body_of(const http_outcome& outcome) {
  return std::string_view{outcome.response}.substr(outcome.response.find("\r\n\r\n") + 4);
}

} // namespace

TEST_CASE("a request below /api/ comes with its body, and with who asks") {
  const auto request = publish{}.text();
  const auto outcome = ask(request + "GET /next");
  REQUIRE(outcome.what == kind::asked);
  CHECK(outcome.consumed == request.size());
  CHECK(outcome.api->method == "POST");
  CHECK(outcome.api->path == "/api/v1/publish");
  CHECK(outcome.api->query == "a=b");
  CHECK(outcome.api->content_type == "application/json");
  CHECK(outcome.api->body == "{}");
  CHECK(outcome.api->may == role::admin);
  CHECK(outcome.keeps_alive);
  CHECK_FALSE(outcome.is_head);
}

TEST_CASE("a request below /api/ that is not complete asks for more, at every byte") {
  const auto whole = publish{}.text();
  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE(ask(std::string_view{whole}.substr(0, size)).what == kind::need_more);
  CHECK(ask(whole).what == kind::asked);
}

TEST_CASE("requests that come together are taken one after another") {
  const auto one = publish{.body = "[]"}.text();
  const auto two = publish{.line = "GET /api/v1/rooms HTTP/1.1", .length = "", .body = ""}.text();
  const auto both = one + two;
  const auto first = ask(both);
  REQUIRE(first.what == kind::asked);
  CHECK(first.api->body == "[]");
  const auto second = ask(std::string_view{both}.substr(first.consumed));
  REQUIRE(second.what == kind::asked);
  CHECK(second.api->path == "/api/v1/rooms");
  CHECK(second.api->body.empty());
  CHECK(first.consumed + second.consumed == both.size());
}

TEST_CASE("who shows no key comes without a body, or not at all") {
  const auto without = ask(publish{.key = "", .length = "Content-Length: 0\r\n", .body = ""}.text());
  REQUIRE(without.what == kind::asked);
  CHECK(without.api->may == role::none);
  for (const auto* key : {"", "Authorization: Bearer bad\r\n", "Authorization: Basic good\r\n",
                          "Authorization: Bearer \r\n", "Authorization: Bearergood\r\n"})
    CHECK(refusal({.key = key}) == 401);
  const auto early = ask(publish{.key = ""}.head()); // before a byte of the body is here
  CHECK(status(early) == 401);
  CHECK(has_header(early, "WWW-Authenticate: Bearer"));
  CHECK(body_of(early).starts_with(R"({"error":{"code":"unauthorized")"));
}

TEST_CASE("two lengths, or a length that is no number, are refused: RFC 9112 11.2") {
  CHECK(refusal({.length = "Content-Length: 2\r\nContent-Length: 2\r\n"}) == 400);
  CHECK(refusal({.length = "Content-Length: 2\r\nContent-Length: 3\r\n"}) == 400);
  for (const auto* length : {"2, 2", "2,3", "+2", "-2", "0x2", "2 2", "", "two", "2.0", "18446744073709551616"})
    CHECK(refusal({.length = "Content-Length: " + std::string{length} + "\r\n"}) == 400);
}

TEST_CASE("a length and chunks together are refused in either order: RFC 9112 6.3") {
  const std::string length = "Content-Length: 2\r\n";
  for (const std::string chunks : {"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
                                   "Transfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n"}) {
    CHECK(refusal({.length = chunks + length}) == 400);
    CHECK(refusal({.length = length + chunks}) == 400);
  }
  CHECK(refusal({.length = "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) == 400);
}

TEST_CASE("chunks alone are refused with 411, and with 400 where they cannot be") {
  CHECK(refusal({.length = "Transfer-Encoding: chunked\r\n", .body = "2\r\n{}\r\n0\r\n\r\n"}) == 411);
  CHECK(refusal({.length = "Transfer-Encoding: gzip\r\n"}) == 411);
  CHECK(refusal({.line = "POST /api/v1/publish HTTP/1.0", .length = "Transfer-Encoding: chunked\r\n"}) == 400);
}

TEST_CASE("a body beyond the limit is refused before it is here, the largest is taken") {
  const auto with_body = [](std::size_t size) {
    return publish{.length = "Content-Length: " + std::to_string(size) + "\r\n", .body = std::string(size, 'x')};
  };
  CHECK(ask(with_body(100).text()).what == kind::asked);
  CHECK(status(ask(with_body(101).head())) == 413);
  CHECK(status(ask(publish{.length = "Content-Length: 9000000000000\r\n"}.head())) == 413);
}

TEST_CASE("a client that waits for leave to send its body gets it once: RFC 9110 10.1.1") {
  const publish request{.more = "Expect: 100-continue\r\n"};
  const auto head = ask(request.head());
  CHECK(head.what == kind::go_ahead);
  CHECK(head.response == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(head.consumed == 0);
  CHECK(ask(request.head() + "{").what == kind::need_more);
  CHECK(ask(request.text()).what == kind::asked);
  CHECK(ask(publish{.key = "", .more = "Expect: 100-continue\r\n"}.head()).what == kind::respond);
  CHECK(ask(publish{.line = "POST /api/v1/publish HTTP/1.0", .more = "Expect: 100-continue\r\n"}.head()).what ==
        kind::need_more);
  CHECK(refusal({.more = "Expect: 200-ok\r\n"}) == 417);
}

TEST_CASE("the client says whether it asks again: RFC 9112 9.3") {
  const auto keeps_alive = [](const publish& request) {
    const auto outcome = ask(request.text());
    REQUIRE(outcome.what == kind::asked);
    return outcome.keeps_alive;
  };
  CHECK(keeps_alive({}));
  CHECK_FALSE(keeps_alive({.more = "Connection: close\r\n"}));
  CHECK_FALSE(keeps_alive({.line = "POST /api/v1/publish HTTP/1.0"}));
  CHECK(keeps_alive({.line = "POST /api/v1/publish HTTP/1.0", .more = "Connection: keep-alive\r\n"}));
}

TEST_CASE("a foreign page is refused, whatever key it shows; our own is not") {
  CHECK(refusal({.more = "Origin: https://evil.example\r\n"}) == 403);
  CHECK(refusal({.more = "Origin: null\r\n"}) == 403);
  CHECK(refusal({.host = "Host: evil.example\r\n", .more = "Origin: http://evil.example\r\n"}) == 403);
  CHECK(refusal({.more = "Origin: http://localhost\r\nOrigin: https://evil.example\r\n"}) == 400);
  CHECK(ask(publish{.more = "Origin: http://localhost:4000\r\n"}.text()).what == kind::asked);
}

TEST_CASE("two keys are none") { CHECK(refusal({.more = "Authorization: Bearer good\r\n"}) == 400); }

TEST_CASE("a HEAD is asked as the GET that it stands for") {
  const auto outcome = ask(publish{.line = "HEAD /api/v1/rooms HTTP/1.1", .length = "", .body = ""}.text());
  REQUIRE(outcome.what == kind::asked);
  CHECK(outcome.api->method == "GET");
  CHECK(outcome.is_head);
}

TEST_CASE("nothing else may have a body, and without an API there is none") {
  CHECK(refusal({.line = "POST / HTTP/1.1"}) == 400);
  CHECK(refusal({.line = "GET /api HTTP/1.1"}) == 400);
  CHECK(status(take(publish{}.text())) == 400);
  CHECK(status(take(publish{.line = "GET /api/v1/rooms HTTP/1.1", .length = "", .body = ""}.text())) == 404);
}

TEST_CASE("an answer says whether the connection is kept") {
  const http_page page{
      .status = 200, .content_type = "application/json", .body = "{}", .headers = "Retry-After: 1\r\n"};
  CHECK(response_text(page, connection_use::keep_alive) ==
        "HTTP/1.1 200 OK\r\nServer: lintel\r\nConnection: keep-alive\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nRetry-After: 1\r\n\r\n{}");
  auto head = response_text(page, connection_use::close);
  cut_body(head);
  CHECK(head.ends_with("Content-Length: 2\r\nRetry-After: 1\r\n\r\n"));
  const auto empty =
      response_text({.status = 204, .content_type = "", .headers = "Allow: GET\r\n"}, connection_use::close);
  CHECK(empty.find("Content-Length") == std::string::npos);
}

TEST_CASE("an error of the API is JSON, whatever its message says") {
  const auto page = api_error(400, "bad_request", "no \"such\"\nthing");
  CHECK(page.body == R"({"error":{"code":"bad_request","message":"no \"such\"\nthing"}})");
}
