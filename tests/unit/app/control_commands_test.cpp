#include "app/control_commands.hpp"

#include "tests/support/running_server.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <thread>

using namespace lintel::testing;

namespace {

rapidjson::Document asked(running_server& world, const std::string& request) {
  rapidjson::Document answer;
  answer.Parse(world.ask(request).c_str());
  REQUIRE(answer.IsObject());
  REQUIRE(answer.HasMember("ok"));
  return answer;
}

std::string error_of(running_server& world, const std::string& request) {
  const auto answer = asked(world, request);
  REQUIRE_FALSE(answer["ok"].GetBool());
  return answer["error"].GetString();
}

std::uint64_t struck(running_server& world, const std::string& request, const char* word = "killed") {
  const auto answer = asked(world, request);
  REQUIRE(answer["ok"].GetBool());
  return answer["result"][word].GetUint64();
}

} // namespace

TEST_CASE("what a client sends wrong comes back as a sentence") {
  running_server world;
  for (const auto* text : {"", "nonsense", "[]", "42", "null", "{", R"({"command":"tree"} trailing)", "\xff"}) {
    INFO(text);
    CHECK(error_of(world, text) == "a request is one line with a JSON object");
  }
  CHECK(error_of(world, "{}") == "a request needs a \"command\"");
  CHECK(error_of(world, R"({"command":7})") == "a request needs a \"command\"");
  CHECK(error_of(world, R"({"command":"dance"})") == "unknown command: dance");
  CHECK(error_of(world, R"({"command":"connections","limit":-1})") == "\"limit\" must be a number of connections");
  CHECK(error_of(world, R"({"command":"connection"})") == "which connection? Give an \"id\" such as \"c0-17-0\"");
  CHECK(error_of(world, R"({"command":"connection","id":"c9-9-9"})").starts_with("no connection c9-9-9"));
  CHECK(error_of(world, R"({"command":"connection","id":"room:a"})").starts_with("no connection room:a"));
  CHECK(error_of(world, R"({"command":"kill"})") == "whom? Give \"id\", \"ids\", \"random\" or \"all\"");
  CHECK(error_of(world, R"({"command":"kill","ids":[]})") == "whom? Give \"id\", \"ids\", \"random\" or \"all\"");
  CHECK(error_of(world, R"({"command":"kill","ids":[1]})") == "\"ids\" must be an array of strings");
  CHECK(error_of(world, R"({"command":"kill","random":"x"})") == "\"random\" must be a number of connections");
  CHECK(error_of(world, R"({"command":"kill","all":"actors"})") == "\"all\" must be \"connections\" or \"rooms\"");
  CHECK(error_of(world, R"({"command":"crash","id":"nobody"})") ==
        "no such actor: nobody; `tree`, `connections` and `rooms` list those that live");
  CHECK(error_of(world, R"({"command":"kill","ids":["c7-0-0","nobody"]})").find(" and 1 more") != std::string::npos);
}

TEST_CASE("a request nested beyond reason is an error, not the end of the server") {
  running_server world;
  CHECK(error_of(world, std::string(1'000'000, '[')) == "a request is one line with a JSON object");
  CHECK(struck(world, R"({"command":"kill","random":0})") == 0);
}

TEST_CASE("several requests in one packet are answered in order") {
  running_server world;
  CHECK(world
            .ask("{}\n"
                 R"({"command":"dance"})")
            .find("needs a") != std::string::npos);
}

TEST_CASE("recovery tells how long killed actors were away") {
  running_server world;
  const auto count_after = [&world](const char* what) {
    return asked(world, R"({"command":"recovery"})")["result"][what]["count"].GetUint64();
  };
  CHECK(count_after("kills") == 0);
  CHECK(struck(world, R"({"command":"kill","id":"registry"})") == 1);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (count_after("kills") == 0)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  const auto answer = asked(world, R"({"command":"recovery"})");
  const auto& kills = answer["result"]["kills"];
  CHECK(kills["p50_ns"].GetUint64() == kills["max_ns"].GetUint64());
  CHECK(kills["buckets"][0][0].GetUint64() == kills["max_ns"].GetUint64());
  CHECK(count_after("crashes") == 0);
}

TEST_CASE("connections are listed with what they do, up to a limit") {
  running_server world;
  auto a = world.connect();
  auto b = world.connect();
  a.join("room:a");
  CHECK(asked(world, R"({"command":"connections"})")["result"].Size() == 2);
  CHECK(asked(world, R"({"command":"connections","limit":1})")["result"].Size() == 1);
  const auto all = asked(world, R"({"command":"connections"})");
  const auto list = all["result"].GetArray();
  const auto member = std::ranges::find_if(list, [](const auto& c) { return !c["rooms"].Empty(); });
  REQUIRE(member != list.end());
  const std::string id{(*member)["id"].GetString()};
  const auto one = asked(world, R"({"command":"connection","id":")" + id + "\"}");
  CHECK(one["result"]["wire"].GetString() == std::string_view{"json"});
  CHECK(one["result"]["status"].GetString() == std::string_view{"up"});
  CHECK(one["result"]["incarnation"].GetUint64() == 1);
  CHECK(one["result"]["rooms"][0].GetString() == std::string_view{"room:a"});
}

TEST_CASE("a connection that was killed keeps its socket and goes on as the next incarnation") {
  running_server world;
  auto client = world.connect();
  client.join("room:a");
  CHECK(struck(world, R"({"command":"kill","all":"connections"})") == 1);
  CHECK(struck(world, R"({"command":"kill","random":100})") == 1);
  client.heartbeat(1);
  CHECK(client.next_text() == client.heartbeat_answer(1));
  const auto all = asked(world, R"({"command":"connections"})");
  CHECK(all["result"][0]["incarnation"].GetUint64() == 3);
  CHECK(world.counter("kills") == 2);
  CHECK(world.counter("unhandled") == 0);
}

TEST_CASE("a connection that waited for its join is up again afterwards") {
  running_server world;
  auto client = world.connect();
  for (int i = 0; i < 50; ++i) {
    const auto topic = "room:" + std::to_string(i);
    client.send(lintel::protocol::test::client_frame(lintel::protocol::opcode::text,
                                                     R"(["j","j",")" + topic + R"(","phx_join",{}])") +
                lintel::protocol::test::client_frame(lintel::protocol::opcode::text,
                                                     R"(["j","2",")" + topic + R"(","ping",{}])"));
    client.next_text();
    client.next_text();
  }
  CHECK(asked(world, R"({"command":"connections"})")["result"][0]["status"].GetString() == std::string_view{"up"});
}

TEST_CASE("rooms and the system's own actors are struck by name") {
  running_server world;
  auto client = world.connect();
  client.join("room:a");
  CHECK(struck(world, R"({"command":"kill","id":"room:a"})") == 1);
  CHECK(struck(world, R"({"command":"crash","id":"registry"})", "crashed") == 1);
  CHECK(struck(world, R"({"command":"kill","ids":["courier/0","courier/1","rooms/0","connections/1","listener/0"]})") ==
        5);
  CHECK(struck(world, R"({"command":"kill","all":"rooms"})") == 1);
  CHECK(struck(world, R"({"command":"kill","id":"rooms"})") == 1); // a static supervisor
  CHECK(error_of(world, R"({"command":"crash","id":"rooms"})").starts_with("no such actor: rooms"));
  client.send_text(R"(["j","1","room:a","ping",{}])");
  CHECK(client.next_text() == R"(["j","1","room:a","phx_reply",{"status":"ok","response":{}}])");
  auto other = world.connect();
  other.join("room:b");
}

TEST_CASE("the tree has every part of the server, and counts what is dynamic") {
  running_server world;
  auto client = world.connect();
  client.join("room:a");
  const auto answer = asked(world, R"({"command":"tree"})");
  const auto& root = answer["result"];
  CHECK(root["id"].GetString() == std::string_view{"root"});
  std::vector<std::string> ids;
  std::uint64_t connections = 0, rooms = 0;
  for (const auto& child : root["children"].GetArray()) {
    ids.emplace_back(child["id"].GetString());
    for (const auto& grandchild : child["children"].GetArray()) {
      CHECK(grandchild["status"].GetString() == std::string_view{"up"});
      if (grandchild["kind"].GetString() == std::string_view{"connections"})
        connections += grandchild["count"].GetUint64();
      if (grandchild["kind"].GetString() == std::string_view{"rooms"})
        rooms += grandchild["count"].GetUint64();
    }
  }
  CHECK(ids == std::vector<std::string>{"rooms", "registry", "connections", "listeners", "admin"});
  CHECK(connections == 1);
  CHECK(rooms == 1);
}

TEST_CASE("top and counters answer with numbers") {
  running_server world;
  const auto top = asked(world, R"({"command":"top"})");
  CHECK(top["result"]["rooms"].GetUint64() == 0);
  CHECK(top["result"]["busiest"].Empty());
  CHECK(top["result"]["counters"]["connections_open"].GetUint64() == 0);
  CHECK(world.counter("pid") == static_cast<std::uint64_t>(::getpid()));
}

TEST_CASE("only the owner may write to the control socket") {
  running_server world;
  struct stat status {};
  REQUIRE(::stat(world.server().control_socket().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("an operator who kills the admin gets a new control socket") {
  running_server world;
  CHECK(struck(world, R"({"command":"kill","id":"admin"})") == 1);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;)
    try {
      lintel::app::control_client again{world.data_dir()};
      const auto answer = again.ask(R"({"command":"tree"})"); // the old socket may have had us in its queue
      CHECK(answer.starts_with(R"({"ok":true)"));
      break;
    } catch (const std::runtime_error&) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
    }
}

TEST_CASE("an operator who asks while the server stops takes nothing down") {
  for (int round = 0; round < 5; ++round) {
    auto world = std::make_unique<running_server>();
    auto client = world->connect();
    lintel::app::control_client operator_{world->data_dir()};
    std::atomic<bool> is_over = false;
    std::thread asking{[&] {
      try {
        while (!is_over)
          for (const auto* command : {"tree", "connections", "rooms", "top"})
            operator_.ask(std::string{R"({"command":")"} + command + "\"}");
      } catch (const std::runtime_error&) { // the socket is gone: as it should
      }
    }};
    client.close();
    CHECK(world->server().stop());
    is_over = true;
    world.reset();
    asking.join();
  }
}

TEST_CASE("alarms are raised by a storm and by a room beyond repair, and are in the tree, too") {
  lintel::app::server_config config;
  config.protection = {.storm = {.restarts_per_second = 2, .burst = 2}, .quarantine = {}};
  config.room_budget = {.count_max = 0, .window = std::chrono::hours{1}};
  running_server world{std::move(config)};
  CHECK(asked(world, R"({"command":"alarms"})")["result"].Empty());
  std::vector<tcp_client> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(world.connect());
  clients.front().join("room:bad");
  CHECK(struck(world, R"({"command":"crash","all":"rooms"})", "crashed") == 1);
  CHECK(struck(world, R"({"command":"crash","all":"connections"})", "crashed") == 8);
  REQUIRE(world.counter_becomes("crashes", 9));
  REQUIRE(world.counter_becomes("rooms_quarantined", 1));
  const auto alarms = asked(world, R"({"command":"alarms"})");
  bool is_storm = false, is_confined = false;
  for (const auto& alarm : alarms["result"].GetArray()) {
    const std::string kind = alarm["alarm"].GetString(), source = alarm["source"].GetString();
    is_storm =
        is_storm || (kind == "restart_storm" && source.starts_with("connections/") && alarm.HasMember("waiting"));
    is_confined =
        is_confined || (kind == "quarantine" && source == "room:bad" && alarm["ends_within_seconds"].GetUint64() <= 30);
  }
  CHECK(is_storm); // 8 on two workers: one has four at least, and one of them restarts at once
  CHECK(is_confined);
  const auto tree = world.ask(R"({"command":"tree"})");
  CHECK(tree.find(R"("alarm":"restart_storm","source":"connections/)") != std::string::npos);
  CHECK(tree.find(R"("alarm":"quarantine","source":"room:bad")") != std::string::npos);
}

TEST_CASE("what a client leaves behind is nothing but entries of the deadline wheel") {
  running_server world;
  const auto processes = world.counter("processes_alive");
  {
    auto client = world.connect();
    client.join("room:a");
    CHECK(world.counter("processes_alive") == processes + 2); // its own, and the room
    CHECK(world.counter("rooms") == 1);
    CHECK(world.counter("deadlines") >= 1);
    client.close();
  }
  CHECK(world.counter_becomes("connections_open", 0));
  CHECK(world.counter_becomes("processes_alive", processes));
  CHECK(world.counter("rooms") == 0);
  CHECK(world.counter_becomes("timers", 0));
}
