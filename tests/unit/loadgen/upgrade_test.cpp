#include "loadgen/upgrade.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

namespace {

const std::string accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                             "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

} // namespace

TEST_CASE("the request asks for Phoenix V2") {
  const std::string request = upgrade_request("127.0.0.1:4000");
  CHECK(
      request.starts_with("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n"));
  CHECK(request.ends_with("\r\n\r\n"));
}

TEST_CASE("a 101 with the right accept value is accepted, and frames behind it are left over") {
  const upgrade_result result = read_upgrade(accepted + "\x81");
  CHECK(result.status == upgrade_status::accepted);
  CHECK(result.size == accepted.size());
}

TEST_CASE("half a response head is not judged") {
  for (std::size_t size = 0; size < accepted.size(); ++size)
    REQUIRE(read_upgrade(std::string_view{accepted}.substr(0, size)).status ==
            upgrade_status::need_more);
}

TEST_CASE("another status is a refusal that quotes it") {
  const upgrade_result result = read_upgrade("HTTP/1.1 403 Forbidden\r\n\r\n");
  CHECK(result.status == upgrade_status::refused);
  CHECK(result.problem.find("403 Forbidden") != std::string::npos);
}

TEST_CASE("a wrong or missing accept value is a refusal") {
  CHECK(read_upgrade("HTTP/1.1 101 x\r\nSec-WebSocket-Accept: AAAA\r\n\r\n").status ==
        upgrade_status::refused);
  CHECK(read_upgrade("HTTP/1.1 101 x\r\n\r\n").status == upgrade_status::refused);
}

TEST_CASE("an endless response is given up") {
  CHECK(read_upgrade(std::string(upgrade_bytes_max + 1, 'x')).status == upgrade_status::refused);
}
