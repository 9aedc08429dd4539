#include "tests/unit/gateway/rude_clients.hpp"

using namespace lintel::testing;
using namespace std::chrono_literals;

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
