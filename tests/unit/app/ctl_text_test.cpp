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

TEST_CASE("top tells the rates between two looks, the totals, and who has most waiting") {
  const auto before = json(R"({"counters":{"messages_in":100,"deliveries":1000,"restarts":5},"rooms":1,"busiest":[]})");
  const auto now = json(R"({"counters":{"connections_open":3,"messages_in":150,"deliveries":1500,"restarts":6,
    "kills":4,"crashes":2,"sockets_closed_by_server":1},"rooms":2,"busiest":[]})");
  CHECK(top_text(before, now) == "3 connections in 2 rooms   50 messages/s in   500 deliveries/s out   1 restarts/s\n"
                                 "since start: 4 kills, 2 crashes, 6 restarts, 1 sockets closed by the server\n\n"
                                 "id               wire     status       incarnation  mailbox  outbox bytes  rooms\n"
                                 "(none)\n");
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
