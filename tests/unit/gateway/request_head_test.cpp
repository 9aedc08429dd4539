#include "gateway/request_head.hpp"

#include <catch2/catch.hpp>

#include <string>

using lintel::gateway::request_head;
using field = request_head::field;

namespace {

struct outcome {
  boost::beast::error_code error;
  std::size_t used = 0;
};

outcome put(request_head& head, std::string_view bytes) {
  outcome done;
  done.used = head.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, done.error);
  return done;
}

} // namespace

TEST_CASE("a head is views into its bytes") {
  const std::string bytes = "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: a.example\r\nX-Other: 1\r\n"
                            "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nOrigin: https://a.example\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nframes";
  request_head head{bytes};
  const auto done = put(head, bytes);
  REQUIRE(!done.error);
  CHECK(bytes.substr(done.used) == "frames");
  CHECK(head.method() == boost::beast::http::verb::get);
  CHECK(head.version() == 11);
  CHECK(head.target() == "/socket/websocket?vsn=2.0.0");
  CHECK(head.field_count() == 6);
  CHECK(head[field::host] == "a.example");
  CHECK(head[field::origin].data() == bytes.data() + bytes.find("https://"));
  CHECK(head[field::sec_websocket_version].empty());
  CHECK(head.wants_websocket());
}

TEST_CASE("the tokens of Connection may stand on several lines") {
  const std::string bytes =
      "GET / HTTP/1.1\r\nConnection: keep-alive\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
  request_head head{bytes};
  REQUIRE(!put(head, bytes).error);
  CHECK(head.wants_websocket());
}

TEST_CASE("one of Connection and Upgrade alone is no wish for a WebSocket") {
  for (const std::string bytes :
       {"GET / HTTP/1.1\r\nConnection: Upgrade\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nConnection: upgrades\r\nUpgrade: websocket\r\n\r\n"}) {
    request_head head{bytes};
    REQUIRE(!put(head, bytes).error);
    CHECK(!head.wants_websocket());
  }
}

TEST_CASE("headers that may stand once are counted, and the first one counts") {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\nHOST: c\r\n\r\n";
  request_head head{bytes};
  REQUIRE(!put(head, bytes).error);
  CHECK(head.count(field::host) == 3);
  CHECK(head[field::host] == "a");
  CHECK(head.count(field::origin) == 0);
}

TEST_CASE("a value on several lines is refused: RFC 9112 5.2") {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\nX-Long: one\r\n two\r\n\r\n";
  request_head head{bytes};
  CHECK(put(head, bytes).error == boost::beast::http::error::bad_obs_fold);
}

TEST_CASE("a head that is not whole needs more, wherever it ends") {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t size = 0; size + 1 < bytes.size(); ++size) {
    const auto part = bytes.substr(0, size);
    request_head head{part};
    CHECK(put(head, part).error == boost::beast::http::error::need_more);
  }
}
