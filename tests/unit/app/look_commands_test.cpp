#include "app/look_commands.hpp"

#include "tests/support/running_server.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <set>

using namespace lintel::testing;

namespace {

rapidjson::Document asked(running_server& world, const std::string& request) {
  rapidjson::Document answer;
  answer.Parse(world.ask(request).c_str());
  REQUIRE(answer.IsObject());
  return answer;
}

std::set<std::string> ids_in(const rapidjson::Value& rows) {
  std::set<std::string> ids;
  for (const auto& row : rows.GetArray())
    ids.insert(row["id"].GetString());
  return ids;
}

std::string sample_of(int worker, int limit, int seed) {
  return R"({"command":"sample","group":"connections/)" + std::to_string(worker) + R"(","limit":)" +
         std::to_string(limit) + R"(,"seed":)" + std::to_string(seed) + '}';
}

} // namespace

TEST_CASE("a sample has no more than was asked for, and every connection is in some sample") {
  running_server world;
  std::vector<tcp_client> clients;
  for (int i = 0; i < 6; ++i)
    clients.push_back(world.connect());
  REQUIRE(world.counter_becomes("connections_open", 6));
  std::set<std::string> seen;
  for (int worker = 0; worker < 2; ++worker)
    for (int seed = 0; seed < 256; ++seed) {
      const auto answer = asked(world, sample_of(worker, 1, seed));
      const auto ids = ids_in(answer["result"]["connections"]);
      CHECK(ids.size() <= 1);
      seen.insert(ids.begin(), ids.end());
    }
  CHECK(seen.size() == 6);
}

TEST_CASE("the same seed shows the same connections") {
  running_server world;
  std::vector<tcp_client> clients;
  for (int i = 0; i < 6; ++i)
    clients.push_back(world.connect());
  REQUIRE(world.counter_becomes("connections_open", 6));
  for (int seed : {0, 3, 1'000'000}) {
    const auto once = asked(world, sample_of(0, 2, seed));
    const auto again = asked(world, sample_of(0, 2, seed));
    CHECK(ids_in(once["result"]["connections"]) == ids_in(again["result"]["connections"]));
  }
}

TEST_CASE("a group that does not exist, and a search for nothing, are told so") {
  running_server world;
  for (const auto* group :
       {"connections/2", "connections/", "connections/x", "connections/0x", "rooms/7", "registry", ""}) {
    const auto answer = asked(world, std::string{R"({"command":"sample","group":")"} + group + R"("})");
    CHECK_FALSE(answer["ok"].GetBool());
  }
  CHECK_FALSE(asked(world, R"({"command":"search"})")["ok"].GetBool());
  CHECK_FALSE(asked(world, R"({"command":"search","text":"a","limit":-1})")["ok"].GetBool());
}

TEST_CASE("a search finds a connection by its id, and says how many it has looked at") {
  running_server world;
  const auto client = world.connect();
  REQUIRE(world.counter_becomes("connections_open", 1));
  const auto listed = asked(world, R"({"command":"connections"})");
  const std::string id = listed["result"][0]["id"].GetString();
  const auto found = asked(world, R"({"command":"search","text":")" + id + R"("})");
  CHECK(ids_in(found["result"]["connections"]) == std::set<std::string>{id});
  const auto none = asked(world, R"({"command":"search","text":"room:nowhere"})");
  CHECK(none["result"]["connections"].Empty());
  CHECK(none["result"]["rooms"].Empty());
  CHECK(none["result"]["scanned"].GetUint64() == 1);
}

TEST_CASE("a search stops when it has found enough, and says how many it has not looked at") {
  running_server world;
  std::vector<tcp_client> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(world.connect());
    clients.back().join("room:a");
  }
  const auto few = asked(world, R"({"command":"search","text":"room:a","limit":1})");
  CHECK(few["result"]["connections"].Size() == 1);
  CHECK(few["result"]["scanned"].GetUint64() <= 2); // the first of each worker
  CHECK(few["result"]["open"].GetUint64() == 6);
  const auto all = asked(world, R"({"command":"search","text":"room:a"})");
  CHECK(all["result"]["connections"].Size() == 6);
  CHECK(all["result"]["scanned"].GetUint64() == 6);
  CHECK(all["result"]["open"].GetUint64() == 6);
}

TEST_CASE("a TCP connection that is no WebSocket is counted nowhere") {
  running_server world;
  const auto client = world.connect();
  const tcp_client silent{world.port()};
  REQUIRE(world.counter_becomes("connections_open", 1));
  const auto found = asked(world, R"({"command":"search","text":"room:nowhere"})");
  CHECK(found["result"]["open"].GetUint64() == 1);
  const auto tree = world.ask(R"({"command":"tree"})");
  CHECK(tree.find(R"("count":2)") == std::string::npos);
}

TEST_CASE("of many connections top has ten") {
  running_server world;
  std::vector<tcp_client> clients;
  for (int i = 0; i < 13; ++i)
    clients.push_back(world.connect());
  REQUIRE(world.counter_becomes("connections_open", 13));
  const auto top = asked(world, R"({"command":"top"})");
  CHECK(ids_in(top["result"]["busiest"]).size() == 10);
  CHECK(top["result"]["alarms"].Empty());
}
