#include "tests/support/running_server.hpp"

#include <chrono>
#include <fstream>
#include <string>

using namespace lintel::testing;
using namespace std::chrono_literals;

// Requests of the API on sockets, where their rooms take their time.

namespace {

lintel::app::server_config slow_rooms(std::chrono::milliseconds answer = 250ms) {
  lintel::app::server_config config;
  config.is_chaos_enabled = true;
  config.gateway.deadlines.answer = answer;
  return config;
}

std::string key_of(const running_server& world) {
  std::string key;
  std::ifstream{world.data_dir() / "admin.key"} >> key;
  return key;
}

std::string publish(const running_server& world, std::string_view connection = "keep-alive") {
  const std::string body = R"({"topic":"room:a","event":"e","payload":{}})";
  return "POST /api/v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: " +
         std::string{connection} + "\r\nAuthorization: Bearer " + key_of(world) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Its room has a member, so it lives, and does nothing for so long.
void stall_room(running_server& world, std::chrono::milliseconds length) {
  world.ask(R"({"command":"stall","id":"room:a","for_ms":)" + std::to_string(length.count()) + "}");
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

} // namespace

TEST_CASE("what is answered too late gets 504 and the end of its connection, and its answer goes nowhere") {
  running_server world{slow_rooms()};
  auto member = world.connect();
  member.join("room:a");
  stall_room(world, 1500ms);
  tcp_client asker{world.port()};
  asker.send(publish(world) + publish(world)); // the second is never read
  const auto answer = asker.receive_all();
  CHECK(answer.starts_with("HTTP/1.1 504 "));
  CHECK(count(answer, "HTTP/1.1") == 1);
  CHECK(world.counter("api_timeouts") == 1);
  CHECK(member.next_text().find(R"("room:a","e",{}])") != std::string::npos); // done all the same
  CHECK(world.counter("api_requests") == 1);
}

TEST_CASE("a client that goes before its answer costs nobody anything") {
  running_server world{slow_rooms(20s)};
  auto member = world.connect();
  member.join("room:a");
  stall_room(world, 300ms);
  {
    tcp_client asker{world.port()};
    asker.send(publish(world));
    REQUIRE(world.counter_becomes("api_requests", 1));
    asker.reset();
  }
  tcp_client other{world.port()};
  other.send(publish(world, "close"));
  CHECK(other.receive_all().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a body that does not come is not waited for longer than a handshake") {
  auto config = slow_rooms();
  config.gateway.deadlines.handshake = 300ms;
  running_server world{std::move(config)};
  tcp_client client{world.port()};
  const auto request = publish(world);
  client.send(publish(world) + request.substr(0, request.size() - 1)); // also behind one that was answered
  CHECK(count(client.receive_all(), "HTTP/1.1 200 ") == 1);
}

TEST_CASE("a server that stops says so to those who wait") {
  running_server world{slow_rooms(20s)};
  auto member = world.connect();
  member.join("room:a");
  stall_room(world, 1000ms);
  tcp_client asker{world.port()};
  asker.send(publish(world));
  REQUIRE(world.counter_becomes("api_requests", 1));
  CHECK(world.server().stop());
  CHECK(asker.receive_all().starts_with("HTTP/1.1 503 "));
}
