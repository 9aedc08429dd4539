// The answer to `actor`, over a whole server.

#include "tests/support/running_server.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <algorithm>
#include <set>

using namespace lintel::testing;

namespace {

rapidjson::Document asked(running_server& world, const std::string& request) {
  rapidjson::Document answer;
  answer.Parse(world.ask(request).c_str());
  REQUIRE(answer.IsObject());
  return answer;
}

/// The answer to `actor`; null: there is none.
rapidjson::Document actor(running_server& world, const std::string& id) {
  auto answer = asked(world, R"({"command":"actor","id":")" + id + "\"}");
  rapidjson::Document view;
  if (answer["ok"].GetBool())
    view.CopyFrom(answer["result"], view.GetAllocator());
  return view;
}

std::string text(const rapidjson::Value& object, const char* key) {
  return object.HasMember(key) ? object[key].GetString() : "";
}

template <class Condition>
rapidjson::Document actor_once(running_server& world, const std::string& id, Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto view = actor(world, id);
    if (!view.IsNull() && holds(view))
      return view;
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  }
}

void order(running_server& world, const std::string& what, const std::string& id) {
  CHECK(asked(world, R"({"command":")" + what + R"(","id":")" + id + "\"}")["ok"].GetBool());
}

bool has_kind(const rapidjson::Value& view, std::string_view kind) {
  const auto kinds = view["last_kinds"].GetArray();
  return std::ranges::any_of(kinds, [&](const auto& it) { return it.GetString() == kind; });
}

std::string only_connection(running_server& world) {
  const auto all = asked(world, R"({"command":"connections"})");
  REQUIRE(all["result"].Size() == 1);
  return all["result"][0]["id"].GetString();
}

} // namespace

TEST_CASE("every supervisor of the tree is an actor that can be killed as everybody else") {
  running_server world;
  const std::pair<const char*, unsigned> children[] = {{"root", 5}, {"rooms", 2}, {"connections", 4}, {"listeners", 2}};
  for (const auto& [id, count] : children) {
    INFO(id);
    const auto before = actor(world, id);
    CHECK(text(before, "kind") == "supervisor");
    CHECK(text(before, "status") == "up");
    CHECK(before["incarnation"].GetUint64() == 1);
    CHECK(before["restarts"].GetUint64() == 0);
    CHECK(before["children"].GetUint64() == count);
    CHECK(before.HasMember("uptime_seconds"));
    CHECK_FALSE(before.HasMember("last_exit"));
    order(world, "kill", id);
    const auto after = actor_once(world, id, [](const auto& view) { return view["incarnation"].GetUint64() == 2; });
    CHECK(after["restarts"].GetUint64() == 1);
    CHECK(text(after, "last_exit") == "killed");
    CHECK(after["children"].GetUint64() == count);
  }
  const auto tree = asked(world, R"({"command":"tree"})");
  CHECK(tree["result"]["restarts"].GetUint64() == 1);
  CHECK(tree["result"]["children"][0]["restarts"].GetUint64() == 1);
  CHECK(tree["result"]["children"][0]["incarnation"].GetUint64() == 2);
}

TEST_CASE("a supervisor of a worker's connections or of rooms counts them") {
  running_server world;
  auto client = world.connect();
  client.join("room:a");
  std::uint64_t connections = 0, rooms = 0;
  for (const std::string index : {"0", "1"}) {
    const auto group = actor(world, "connections/" + index);
    CHECK(text(group, "kind") == "supervisor");
    connections += group["children"].GetUint64();
    rooms += actor(world, "rooms/" + index)["children"].GetUint64();
  }
  CHECK(connections == 1);
  CHECK(rooms == 1);
}

TEST_CASE("a process of the system tells why it was restarted, nobody having watched") {
  running_server world;
  const auto before = actor_once(world, "registry", [](const auto& view) { return text(view, "status") == "up"; });
  CHECK(text(before, "kind") == "process");
  CHECK_FALSE(before.HasMember("last_exit"));
  CHECK_FALSE(before.HasMember("children"));
  CHECK(has_kind(before, "control")); // the nudge that it began with
  order(world, "crash", "registry");
  const auto after = actor_once(world, "registry", [](const auto& view) {
    return view["incarnation"].GetUint64() == 2 && text(view, "status") == "up";
  });
  CHECK(text(after, "last_exit") == "crash: crash ordered by an operator");
  CHECK(after["restarts"].GetUint64() == 1);
}

TEST_CASE("a room tells who is in it and where its history stands") {
  running_server world;
  auto client = world.connect();
  client.join("room:a");
  client.send_text(R"(["j","1","room:a","said",{}])");
  client.next_text();
  client.next_text();
  order(world, "kill", "room:a");
  const auto room = actor_once(world, "room:a", [](const auto& view) { return view["incarnation"].GetUint64() == 2; });
  CHECK(text(room, "kind") == "room");
  CHECK(text(room, "last_exit") == "killed");
  CHECK(room["members"].GetUint64() == 1);
  CHECK(room["offset"].GetUint64() == 1);
  CHECK(has_kind(room, "room_push"));
  const auto rooms = asked(world, R"({"command":"rooms"})");
  CHECK(text(rooms["result"][0], "status") == "up");
}

TEST_CASE("a connection tells the newest offset of each room with history, and what it took last") {
  lintel::app::server_config config;
  config.namespaces.push_back({.pattern = "plain:*"});
  running_server world{std::move(config)};
  auto client = world.connect();
  client.join("room:a");
  client.join("plain:a");
  const auto id = only_connection(world);
  CHECK(actor(world, id)["offsets"]["room:a"].GetUint64() == 0);
  client.send_text(R"(["j","1","room:a","said",{}])");
  client.next_text();
  client.next_text();
  order(world, "kill", id);
  const auto view = actor_once(world, id, [](const auto& it) { return it["incarnation"].GetUint64() == 2; });
  CHECK(text(view, "kind") == "connection");
  CHECK(text(view, "last_exit") == "killed");
  CHECK(view["restarts"].GetUint64() == 1);
  CHECK(view["offsets"]["room:a"].GetUint64() == 1);
  CHECK_FALSE(view["offsets"].HasMember("plain:a"));
  CHECK(has_kind(view, "inbound_frame"));
  CHECK(view["incarnation_seconds"].GetUint64() <= view["uptime_seconds"].GetUint64() + 1);
  auto other = world.connect(); // joins where something was said before it came
  other.join("room:a");
  const auto all = asked(world, R"({"command":"connections"})");
  for (const auto& row : all["result"].GetArray())
    CHECK(actor(world, row["id"].GetString())["offsets"]["room:a"].GetUint64() == 1);
}

TEST_CASE("who is nobody's name is not found") {
  running_server world;
  for (const auto* id : {"room:nobody", "c0-99-0", "c9-0-0", "supervisor", ""})
    CHECK(actor(world, id).IsNull());
}

TEST_CASE("a worker that does not answer is named, and nothing of it is called gone or none") {
  lintel::app::server_config config;
  config.is_chaos_enabled = true;
  running_server world{std::move(config)};
  auto client = world.connect();
  const auto id = only_connection(world);
  const auto worker = id.substr(1, id.find('-') - 1);
  const auto index = std::stoul(worker);
  CHECK(asked(world, R"({"command":"stall","id":")" + id + R"(","for_ms":8000})")["ok"].GetBool());
  const auto is_named = [&](const rapidjson::Value& answer) {
    return answer.HasMember("workers_not_answering") && answer["workers_not_answering"].Size() == 1 &&
           answer["workers_not_answering"][0].GetUint64() == index;
  };
  const auto view = asked(world, R"({"command":"actor","id":")" + id + "\"}");
  REQUIRE(view["ok"].GetBool());
  CHECK(text(view["result"], "status") == "not answering");
  CHECK(is_named(view));
  const auto tree = asked(world, R"({"command":"tree"})");
  CHECK(is_named(tree));
  bool is_null = false;
  for (const auto& child : tree["result"]["children"][2]["children"].GetArray())
    if (text(child, "id") == "connections/" + worker)
      is_null = child["count"].IsNull();
  CHECK(is_null);
  const auto other = asked(world, R"({"command":"counters"})"); // asks no worker
  CHECK_FALSE(other.HasMember("workers_not_answering"));
  CHECK(text(asked(world, R"({"command":"connection","id":")" + id + "\"}"), "error") ==
        "worker " + worker + " does not answer: " + id + " may be open or not");
}
