#include "app/server.hpp"

#include "tests/support/running_server.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace lintel::testing;
using lintel::app::server;
using lintel::app::server_config;

TEST_CASE("a server says where it is, and is ready when it is made") {
  running_server world;
  CHECK(world.server().url() == "http://127.0.0.1:" + std::to_string(world.port()) + "/");
  tcp_client client{world.port()};
  client.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.receive_all().ends_with("ready\n"));
}

TEST_CASE("a server that is stopped listens no more") {
  running_server world;
  const auto port = world.port();
  CHECK(world.server().stop());
  CHECK_THROWS(tcp_client{port});
}

TEST_CASE("a configuration that cannot work is refused before anything starts") {
  server_config config;
  config.gateway.host = "0.0.0.0";
  CHECK_THROWS_WITH(server{config}, Catch::Contains("--insecure-open"));
}

TEST_CASE("an address that cannot be had fails the start with a sentence") {
  server_config config;
  config.gateway.host = "127.0.0.1";
  config.data_dir = std::filesystem::temp_directory_path() / "lintel-no-address";
  config.gateway.host = "192.0.2.1"; // TEST-NET-1: not ours
  config.is_open_to_all = true;
  config.gateway.port = 0;
  CHECK_THROWS_WITH(server{config}, Catch::Contains("192.0.2.1"));
  std::filesystem::remove_all(config.data_dir);
}

TEST_CASE("a data directory that cannot be made fails the start with a sentence") {
  const auto file = std::filesystem::temp_directory_path() / ("lintel-file-" + std::to_string(::getpid()));
  std::ofstream{file} << "in the way";
  server_config config;
  config.gateway.port = 0;
  config.data_dir = file / "data";
  CHECK_THROWS_WITH(server{config}, Catch::Contains("cannot create the data directory"));
  std::filesystem::remove(file);
}

TEST_CASE("two servers in one process do not disturb each other") {
  running_server one, two;
  auto a = one.connect();
  auto b = two.connect();
  a.join("room:a");
  b.join("room:a");
  a.send_text(R"(["j",null,"room:a","new_msg",{"only":"one"}])");
  CHECK(a.next_text() == R"([null,null,"room:a","new_msg",{"only":"one"}])");
  b.heartbeat(1);
  CHECK(b.next_text() == b.heartbeat_answer(1));
}
