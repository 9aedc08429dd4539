#include "gateway/socket_worker.hpp"

#include "protocol/encoder.hpp"
#include "tests/support/running_server.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <thread>
#include <vector>

// Sockets as clients treat them: slow, silent, rude. Each test has a server of its own on a free port.

using namespace lintel::testing;
using namespace std::chrono_literals;
using lintel::app::server_config;
using lintel::protocol::opcode;
using lintel::protocol::test::client_frame;
using lintel::protocol::test::fin;

namespace {

server_config with_deadlines(lintel::gateway::gateway_deadlines deadlines) {
  server_config config;
  config.gateway.deadlines = deadlines;
  return config;
}

constexpr lintel::gateway::gateway_deadlines patient{.handshake = 1h, .idle = 1h, .assembly = 1h, .write_stall = 1h,
                                                     .closing = 1h};

std::string push_text(int number, std::size_t filler, std::string_view ref = "null") {
  return R"(["j",)" + std::string{ref} + R"(,"room:a","new_msg",{"n":)" + std::to_string(number) + R"(,"fill":")" +
         std::string(filler, 'x') + "\"}]";
}

std::string broadcast_text(int number, std::size_t filler) {
  return R"([null,null,"room:a","new_msg",{"n":)" + std::to_string(number) + R"(,"fill":")" +
         std::string(filler, 'x') + "\"}]";
}

} // namespace

TEST_CASE("a message reaches the others and its sender, and is answered") {
  running_server world;
  auto a = world.connect();
  auto b = world.connect();
  a.join("room:a");
  b.join("room:a");
  a.send_text(push_text(1, 3, "\"7\""));
  CHECK(b.next_text() == broadcast_text(1, 3));
  CHECK(a.next_text() == broadcast_text(1, 3));
  CHECK(a.next_text() == R"(["j","7","room:a","phx_reply",{"status":"ok","response":{}}])");
}

TEST_CASE("frames that come in one packet with the request are answered") {
  running_server world;
  tcp_client client{world.port()};
  client.send(client.upgrade_request() + client_frame(opcode::text, client.heartbeat_text(1)) +
              client_frame(opcode::ping, "still there?"));
  CHECK(client.receive_response().starts_with("HTTP/1.1 101 "));
  std::vector<std::string> got{client.next_frame()->payload, client.next_frame()->payload};
  std::ranges::sort(got);
  CHECK(got == std::vector<std::string>{client.heartbeat_answer(1), "still there?"});
}

TEST_CASE("a request and frames that arrive byte by byte are understood") {
  running_server world;
  tcp_client client{world.port()};
  const auto bytes = client.upgrade_request() + client_frame(opcode::text, client.heartbeat_text(1));
  for (const char byte : bytes)
    client.send({&byte, 1});
  CHECK(client.receive_response().starts_with("HTTP/1.1 101 "));
  CHECK(client.next_text() == client.heartbeat_answer(1));
}

TEST_CASE("a page is served and the connection ends") {
  running_server world;
  tcp_client client{world.port()};
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.receive_all().ends_with("\r\n\r\nok\n"));
  tcp_client other{world.port()};
  other.send("nonsense\r\n\r\n");
  CHECK(other.receive_all().starts_with("HTTP/1.1 400 "));
}

TEST_CASE("a reader of few bytes at a time gets exactly the frames that were sent, in order") {
  const auto seed = GENERATE(1u, 2u);
  INFO("seed " << seed);
  std::mt19937 random{seed};
  running_server world{with_deadlines(patient)};
  auto writer = world.connect();
  auto reader = world.connect({.receive_buffer_bytes = 2048});
  writer.join("room:a");
  reader.join("room:a");
  std::vector<std::size_t> sizes;
  for (int i = 0; i < 150; ++i)
    sizes.push_back(random() % 4000);
  std::string expected;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto number = static_cast<int>(i);
    writer.send_text(push_text(number, sizes[i]));
    expected += lintel::protocol::encoded_frame::make(opcode::text, broadcast_text(number, sizes[i]))->bytes();
  }
  std::string got;
  while (got.size() < expected.size()) {
    const auto part = reader.receive(std::min<std::size_t>(1 + random() % 700, expected.size() - got.size()));
    REQUIRE_FALSE(part.empty());
    got += part;
  }
  CHECK(got == expected);
}

TEST_CASE("a slow consumer is closed with 1013, the frame under way finished, and the others hear everything") {
  auto config = with_deadlines(patient);
  config.gateway.messages.message_bytes_max = 32 * 1024;
  config.gateway.outbox.bytes_max = 64 * 1024;
  running_server world{std::move(config)};
  constexpr int messages = 400;
  constexpr std::size_t filler = 30'000; // 12 MB: more than any socket buffer takes
  auto writer = world.connect();
  auto slow = world.connect({.receive_buffer_bytes = 4096});
  writer.join("room:a");
  slow.join("room:a");
  for (int i = 0; i < messages; ++i) {
    writer.send_text(push_text(i, filler));
    REQUIRE(writer.next_text() == broadcast_text(i, filler));
  }
  int next = 0;
  std::uint16_t code = 0;
  while (auto frame = slow.next_frame()) {
    if (frame->code == opcode::close) {
      code = frame->close_code();
      break;
    }
    REQUIRE(frame->payload == broadcast_text(next, filler));
    ++next;
  }
  CHECK(code == 1013);
  CHECK(next < messages);
  CHECK(world.counter("sockets_closed_by_server") == 1);
  writer.heartbeat(1);
  CHECK(writer.next_text() == writer.heartbeat_answer(1));
}

TEST_CASE("a turn's worth of answers that does not fit into the outbox is sent on the way: the peer is not slow") {
  auto config = with_deadlines(patient);
  config.gateway.outbox.frames_max = 4;
  running_server world{std::move(config)};
  for (int round = 0; round < 20; ++round) {
    auto greedy = world.connect();
    std::string burst;
    for (int i = 0; i < 50; ++i)
      burst += client_frame(opcode::text, greedy.heartbeat_text(i));
    greedy.send(burst);
    for (int i = 0; i < 50; ++i)
      REQUIRE(greedy.next_text() == greedy.heartbeat_answer(i));
  }
}

TEST_CASE("a client that writes 10,000 messages before it reads an answer loses none") {
  auto config = with_deadlines(patient);
  config.gateway.outbox = {.bytes_max = 64 * 1024 * 1024, .frames_max = 100'000};
  config.gateway.connections.inbound_window = GENERATE(1u, 2u, 64u);
  INFO("window " << config.gateway.connections.inbound_window);
  running_server world{std::move(config)};
  auto client = world.connect();
  constexpr int count = 10'000;
  std::string burst;
  for (int i = 0; i < count; ++i)
    burst += client_frame(opcode::text, client.heartbeat_text(i));
  client.send(burst);
  for (int i = 0; i < count; ++i)
    REQUIRE(client.next_text() == client.heartbeat_answer(i));
}

TEST_CASE("kills while the inbound window is full neither lose a message nor stop the reading") {
  auto config = with_deadlines(patient);
  config.gateway.outbox = {.bytes_max = 64 * 1024 * 1024, .frames_max = 100'000};
  config.gateway.connections.inbound_window = GENERATE(1u, 8u);
  INFO("window " << config.gateway.connections.inbound_window);
  running_server world{std::move(config)};
  auto client = world.connect();
  constexpr int count = 5000;
  std::thread writer{[&] {
    std::string burst;
    for (int i = 0; i < count; ++i)
      burst += client_frame(opcode::text, client.heartbeat_text(i));
    client.send(burst);
  }};
  for (int i = 0; i < 200; ++i)
    world.ask(R"({"command":"kill","all":"connections"})");
  writer.join();
  for (int i = 0; i < count; ++i)
    REQUIRE(client.next_text() == client.heartbeat_answer(i));
  CHECK(world.counter("kills") > 0);
}

TEST_CASE("a request that is never finished ends at the handshake deadline") {
  running_server world{with_deadlines({.handshake = 250ms, .idle = 1h, .closing = 1h})};
  tcp_client client{world.port()};
  client.send("GET /socket/webso");
  CHECK(client.is_ended());
  CHECK(world.counter("connections_opened") == 0);
}

TEST_CASE("a silent client is closed with 1001, and a heartbeat keeps a connection") {
  running_server world{with_deadlines({.handshake = 1h, .idle = 500ms, .closing = 1h})};
  auto silent = world.connect();
  auto alive = world.connect();
  std::atomic<bool> is_over = false;
  std::thread beating{[&] {
    for (int i = 0; !is_over; ++i) {
      alive.heartbeat(i);
      if (alive.next_text() != alive.heartbeat_answer(i))
        return;
    }
  }};
  CHECK(silent.code_of_close() == 1001);
  CHECK(silent.is_ended());
  is_over = true;
  beating.join();
  alive.heartbeat(9999);
  CHECK(alive.next_text() == alive.heartbeat_answer(9999));
}

TEST_CASE("a message that takes too long to arrive ends with 1008") {
  running_server world{with_deadlines({.handshake = 1h, .idle = 1h, .assembly = 250ms, .closing = 1h})};
  SECTION("half a frame") {
    auto client = world.connect();
    client.send(client_frame(opcode::text, client.heartbeat_text(1)).substr(0, 9));
    CHECK(client.code_of_close() == 1008);
  }
  SECTION("a fragment without its end") {
    auto client = world.connect();
    client.send(client_frame(opcode::text, "[null", fin::no));
    CHECK(client.code_of_close() == 1008);
  }
}

TEST_CASE("a close frame is echoed with its code, and what follows is ignored") {
  running_server world{with_deadlines(patient)};
  auto client = world.connect();
  client.send(client_frame(opcode::text, client.heartbeat_text(1)));
  CHECK(client.next_text() == client.heartbeat_answer(1));
  const char code[] = {'\x0b', '\xb8'}; // 3000
  client.send(client_frame(opcode::close, {code, 2}) + client_frame(opcode::text, client.heartbeat_text(2)) +
              client_frame(opcode::ping, "?"));
  const auto echo = client.next_frame();
  REQUIRE(echo);
  CHECK(echo->code == opcode::close);
  CHECK(echo->close_code() == 3000);
  CHECK(client.is_ended());
  CHECK(world.counter("sockets_closed_by_server") == 0);
}

TEST_CASE("a peer that does not end TCP after the close frames is reset at the closing deadline") {
  running_server world{with_deadlines({.handshake = 1h, .idle = 1h, .closing = 250ms})};
  auto client = world.connect();
  client.send_close(1000);
  CHECK(client.code_of_close() == 1000);
  CHECK(world.counter_becomes("connections_open", 0));
}

TEST_CASE("a server that stops closes everybody with 1012") {
  running_server world;
  std::vector<tcp_client> clients;
  for (int i = 0; i < 10; ++i)
    clients.push_back(world.connect());
  std::vector<std::uint16_t> codes(clients.size());
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < clients.size(); ++i)
    readers.emplace_back([&, i] {
      codes[i] = clients[i].code_of_close();
      clients[i].close();
    });
  CHECK(world.server().stop());
  for (auto& t : readers)
    t.join();
  CHECK(codes == std::vector<std::uint16_t>(clients.size(), 1012));
}

TEST_CASE("a broken frame ends with the code of its fault") {
  running_server world{with_deadlines(patient)};
  const auto code_after = [&](std::string_view bytes) {
    auto client = world.connect();
    client.send(bytes);
    return client.code_of_close();
  };
  CHECK(code_after("\x81\x01x") == 1002);                             // not masked
  CHECK(code_after(client_frame(opcode::text, "\xff")) == 1007);
  CHECK(code_after(client_frame(opcode::text, "not json")) == 1007);
  CHECK(code_after(client_frame(opcode::binary, "\x7f?")) == 1003);
  CHECK(code_after(client_frame(opcode::text, std::string(65'537, 'x'))) == 1009);
}

TEST_CASE("a reset inside a frame takes the connection, its actor and its place in the room") {
  running_server world;
  auto bystander = world.connect();
  bystander.join("room:a");
  for (int i = 0; i < 50; ++i) {
    auto client = world.connect();
    client.join("room:a");
    client.send(client_frame(opcode::text, client.heartbeat_text(1)).substr(0, 7));
    client.reset();
  }
  CHECK(world.counter_becomes("connections_open", 1));
  bystander.send_text(push_text(1, 0));
  CHECK(bystander.next_text() == broadcast_text(1, 0));
  const auto rooms = world.ask(R"({"command":"rooms"})");
  CHECK(rooms.find(R"("members":1)") != std::string::npos);
}

TEST_CASE("a join whose socket is lost on the way leaves no member behind") {
  running_server world;
  for (int i = 0; i < 200; ++i) {
    auto client = world.connect();
    client.send_text(R"(["j","j","room:a","phx_join",{}])");
    if (i % 2 == 0)
      client.reset();
  }
  CHECK(world.counter_becomes("connections_open", 0));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  auto rooms = world.ask(R"({"command":"rooms"})");
  while (rooms != R"({"ok":true,"result":[]})" && std::chrono::steady_clock::now() < deadline)
    rooms = world.ask(R"({"command":"rooms"})");
  CHECK(rooms == R"({"ok":true,"result":[]})");
}

TEST_CASE("a thousand connections that come and go leave nothing behind") {
  running_server world;
  for (int i = 0; i < 50; ++i) { // what each worker opens once and keeps; the kernel spreads clients at random
    auto client = world.connect();
    client.join("room:a");
  }
  REQUIRE(world.counter_becomes("connections_open", 0));
  const auto before = open_descriptors();
  for (int i = 0; i < 1000; ++i) {
    tcp_client client{world.port()};
    if (i % 5 == 0) {
      client.send("GET /sock");
      continue;
    }
    client.upgrade();
    if (i % 5 == 1)
      client.join("room:" + std::to_string(i));
    if (i % 5 == 2)
      client.reset();
    if (i % 5 == 3)
      client.send_close(1000);
  }
  REQUIRE(world.counter_becomes("connections_open", 0));
  // Half-made requests are no connections yet, so no counter tells when they are gone: the descriptors do.
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (open_descriptors() > before && std::chrono::steady_clock::now() < deadline)
    world.counter("accepted");
  CHECK(open_descriptors() <= before);
  CHECK(world.ask(R"({"command":"connections"})") == R"({"ok":true,"result":[]})");
}
