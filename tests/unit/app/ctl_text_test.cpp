#include "app/ctl_text.hpp"

#include <catch2/catch.hpp>

using lintel::app::text_of;
using lintel::app::top_text;

namespace {

rapidjson::Document json(const char* text) {
  rapidjson::Document document;
  document.Parse(text);
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

} // namespace

TEST_CASE("a tree is drawn with branches, and says what happened to each") {
  const auto tree = json(R"({"id":"root","kind":"supervisor","status":"up","incarnation":0,"restarts":0,"mailbox":0,
    "children":[
      {"id":"rooms","kind":"supervisor","status":"up","incarnation":0,"restarts":2,"mailbox":0,"children":[
        {"id":"rooms/0","kind":"rooms","status":"up","incarnation":3,"restarts":2,"mailbox":0,"count":17,
         "children":[]},
        {"id":"connections/1","kind":"connections","status":"up","incarnation":1,"restarts":0,"mailbox":0,"count":null,
         "children":[]}]},
      {"id":"admin","kind":"worker","status":"restarting","incarnation":1,"restarts":0,"mailbox":0,
       "children":[]}]})");
  CHECK(text_of("tree", tree) == "root                         up        \n"
                                 "├─ rooms                     up        , 2 restarts\n"
                                 "│  ├─ rooms/0                up         incarnation 3, 2 restarts, 17 rooms\n"
                                 "│  └─ connections/1          up         incarnation 1, ? connections\n"
                                 "└─ admin                     restarting incarnation 1\n");
}

TEST_CASE("connections are a table, and none is said so") {
  const auto rows = json(R"([{"id":"c0-17-3","rooms":["room:a","room:b"],"wire":"json","status":"up","incarnation":2,
    "mailbox":5,"outbox_bytes":1024}])");
  const std::string head = "id               wire     status       incarnation  mailbox  outbox bytes  rooms\n";
  CHECK(text_of("connections", rows) ==
        head + "c0-17-3          json     up                     2        5          1024  room:a room:b\n");
  CHECK(text_of("connections", json("[]")) == head + "(none)\n");
}

TEST_CASE("rooms are a table, and none is said so") {
  const std::string head = "room                             status        members incarnation  mailbox\n";
  CHECK(text_of("rooms",
                json(R"([{"id":"room:lobby","status":"backing off","members":12,"incarnation":1,"mailbox":0}])")) ==
        head + "room:lobby                       backing off        12           1        0\n");
  CHECK(text_of("rooms", json("[]")) == head + "(none)\n");
}

TEST_CASE("recovery is a line for kills and one for crashes, in microseconds") {
  const auto found = json(R"({"kills":{"count":2000,"p50_ns":7936,"p99_ns":11264,"max_ns":240000,"buckets":[]},
    "crashes":{"count":0,"p50_ns":0,"p99_ns":0,"max_ns":0,"buckets":[]}})");
  CHECK(text_of("recovery", found) == "after          restarts     p50 us     p99 us     max us\n"
                                      "kills              2000        7.9       11.3      240.0\n"
                                      "crashes               0        0.0        0.0        0.0\n");
}

TEST_CASE("everything else is a list of names and values") {
  CHECK(text_of("kill", json(R"({"killed":100})")) == "killed                                100\n");
  CHECK(text_of("connection", json(R"({"id":"c0-1-0","user":null,"rooms":["room:a"],"reading_paused":false})")) ==
        "id                                 c0-1-0\n"
        "rooms                              room:a\n"
        "reading_paused                         no\n");
  CHECK(text_of("actor", json(R"({"children":null,"offsets":{"room:a":7},"last_kinds":["a","b"],"frames":[{}]})")) ==
        "offsets room:a                          7\n"
        "last_kinds                            a b\n"
        "frames                                   \n");
}

TEST_CASE("top tells the rates between two looks by the server's clock, the totals, and who has most waiting") {
  const auto before = json(R"({"ok":true,"result":{"counters":{"messages_in":100,"deliveries":1000,"restarts":5},
    "rooms":1,"metrics":{"clock_ms":10000,"cpu_seconds":1.0,"workers":[]},"busiest":[]}})");
  const auto now = json(R"({"ok":true,"result":{"counters":{"connections_open":3,"messages_in":150,"deliveries":1500,
    "restarts":6,"kills":4,"crashes":2,"abandoned":1,"gave_up":1,"sockets_closed_by_server":1},"rooms":2,
    "metrics":{"clock_ms":12000,"cpu_seconds":1.5,"restarts_per_minute":6,"connections_open":3,"workers":[
      {"lag":{"p50_us":900,"p99_us":900,"max_us":900},"lag_now":{"p50_us":8,"p99_us":64,"max_us":70}}]},
    "busiest":[]}})");
  CHECK(top_text(before, now) ==
        "3 connections in 2 rooms   25 messages/s in   250 deliveries/s out   0 restarts/s, 6 in the last minute\n"
        "since start: 4 kills, 1 crashes, 1 abandoned, 6 restarts, 1 gave up, 1 sockets closed by the server\n"
        "process: 25.0 % of a core, 0.0 MiB, 0 bytes per connection, 0 bytes in outboxes, 0 requests in flight\n"
        "worker 0: lag p50 8 us, p99 64 us, max 70 us in the last second\n\n"
        "id               wire     status       incarnation  mailbox  outbox bytes  rooms\n"
        "(none)\n");
}

TEST_CASE("top says what is wrong: alarms, why sockets were closed, and workers that do not answer") {
  const auto answer = json(R"({"ok":true,"result":{"counters":{},"metrics":{"workers":[]},"busiest":[],
    "alarms":[{"alarm":"quarantine","source":"room:bad","since_seconds":5,"ends_within_seconds":25}],
    "chaos":{"rate":0,"kills":3,"crashes":1,"gave_up":1,"abandoned":0,"restarts":3,"sockets_closed_by_server":3,
      "closed":{"actor_gave_up":1,"idle":2},"recovery":{"p50_ns":1000,"p99_ns":2000,"max_ns":3000}}},
    "workers_not_answering":[1,3]})");
  const auto text = top_text(answer, answer);
  CHECK(text.find("! room:bad                         quarantine since 5 s, 25 s left\n") != std::string::npos);
  CHECK(text.find("3 kills, 1 crashes, 0 abandoned, 3 restarts, 1 gave up, 3 sockets closed by the server "
                  "(1 actor_gave_up, 2 idle); away") != std::string::npos);
  CHECK(text.find("! not answering within 2 s, and not among the connections below: worker 1 3\n") !=
        std::string::npos);
}

TEST_CASE("of many workers top shows those with most lag, and says how many there are") {
  std::string workers;
  for (int i = 0; i < 12; ++i)
    workers += std::string{i == 0 ? "" : ","} + R"({"lag":{"p99_us":)" + std::to_string(i) + "}}";
  const auto answer =
      json((R"({"result":{"counters":{},"busiest":[],"metrics":{"workers":[)" + workers + "]}}}").c_str());
  const auto text = top_text(answer, answer);
  CHECK(text.find("worker 11: lag p50 0 us, p99 11 us") < text.find("worker 4: "));
  CHECK(text.find("worker 3: ") == std::string::npos);
  CHECK(text.find("and 4 more workers with less lag\n") != std::string::npos);
}

TEST_CASE("a tree shows a group's storm in its line, and rooms in quarantine below it") {
  const auto tree = json(R"({"id":"rooms/0","kind":"rooms","status":"up","incarnation":1,"restarts":0,"mailbox":0,
    "count":3,"children":[],"alarms":[
      {"alarm":"restart_storm","source":"rooms/0","since_seconds":3,"waiting":412},
      {"alarm":"quarantine","source":"room:bad","since_seconds":5,"ends_within_seconds":25}]})");
  CHECK(text_of("tree", tree) ==
        "rooms/0                      up         incarnation 1, 3 rooms, restart_storm since 3 s, 412 waiting\n"
        "   ! room:bad quarantine since 5 s, 25 s left\n");
}

TEST_CASE("of many rooms in quarantine a tree shows ten") {
  std::string alarms;
  for (int i = 0; i < 15; ++i)
    alarms += std::string{i == 0 ? "" : ","} + R"({"alarm":"quarantine","source":"room:)" + std::to_string(i) +
              R"(","since_seconds":1,"ends_within_seconds":1})";
  const auto text =
      text_of("tree", json((R"({"id":"rooms/0","status":"up","children":[],"alarms":[)" + alarms + "]}").c_str()));
  CHECK(text.find("room:9 ") != std::string::npos);
  CHECK(text.find("room:10 ") == std::string::npos);
  CHECK(text.find("and 5 more") != std::string::npos);
}

TEST_CASE("alarms are a table, and none is said so") {
  CHECK(text_of("alarms", json(R"([{"alarm":"restart_storm","source":"connections/0","since_seconds":3,"waiting":412},
    {"alarm":"quarantine","source":"room:bad","since_seconds":5,"ends_within_seconds":25}])")) ==
        "connections/0                    restart_storm since 3 s, 412 waiting\n"
        "room:bad                         quarantine since 5 s, 25 s left\n");
  CHECK(text_of("alarms", json("[]")) == "(none)\n");
}
