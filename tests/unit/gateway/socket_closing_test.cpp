#include "tests/unit/gateway/rude_clients.hpp"

using namespace lintel::testing;
using namespace std::chrono_literals;

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
  CHECK(code_after("\x81\x01x") == 1002); // not masked
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
