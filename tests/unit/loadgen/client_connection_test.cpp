#include "tests/unit/loadgen/client_stage.hpp"

using namespace lintel::loadgen;
using namespace lintel::loadgen::testing;
using namespace std::chrono_literals;

TEST_CASE("a client upgrades, joins and says so once") {
  stage scene;
  CHECK(scene.request == upgrade_request("h"));
  scene.joined_now();
  CHECK(scene.join_count == 1);
  CHECK(scene.unexpected.total() == 0);
}

TEST_CASE("a client survives any split of what the server sends") {
  stage scene;
  std::string bytes{switching};
  bytes += '\x81';
  bytes += static_cast<char>(join_reply.size());
  bytes += join_reply;
  for (const char byte : bytes)
    scene.send_bytes({&byte, 1});
  CHECK(scene.join_count == 1);
}

TEST_CASE("a refused join tells the server's reason") {
  stage scene;
  scene.send_bytes(switching);
  scene.say(R"(["1","1","room:0","phx_reply",{"status":"error","response":{"reason":"full"}}])");
  REQUIRE(scene.failures.size() == 1);
  CHECK(scene.failures[0].find("full") != std::string::npos);
  CHECK(scene.client.where() == phase::ended);
}

TEST_CASE("a refused upgrade and a lost one are failures to join, not closes") {
  stage scene;
  SECTION("refused") {
    scene.send_bytes("HTTP/1.1 503 Service Unavailable\r\n\r\n");
  }
  SECTION("lost") {
    scene.hang_up();
  }
  CHECK(scene.failures.size() == 1);
  CHECK(scene.closes.empty());
}

TEST_CASE("replies find their pushes in any order, with their status") {
  stage scene;
  scene.joined_now().push(1);
  scene.push(2);
  scene.reply("3", "error");
  scene.reply("2");
  CHECK(scene.answers == std::vector<std::pair<std::uint32_t, reply_status>>{
                             {2, reply_status::error}, {1, reply_status::ok}});
  CHECK(scene.unexpected.total() == 0);
}

TEST_CASE("a second reply is reported and not counted as an answer") {
  stage scene;
  scene.joined_now().push(1);
  scene.reply("2");
  scene.reply("2");
  CHECK(scene.answers.size() == 1);
  CHECK(scene.unexpected.count(surprise::repeated_reply) == 1);
}

TEST_CASE("a second reply to the join is reported") {
  stage scene;
  scene.joined_now().say(join_reply);
  CHECK(scene.join_count == 1);
  CHECK(scene.unexpected.count(surprise::repeated_reply) == 1);
}

TEST_CASE("a reply to a ref that was never sent is reported") {
  stage scene;
  scene.joined_now().reply("99");
  CHECK(scene.unexpected.count(surprise::unknown_reply) == 1);
}

TEST_CASE("broadcasts of the own room are delivered, others are reported") {
  stage scene;
  scene.joined_now().broadcast("room:0", 8);
  scene.broadcast("room:1", 9);
  CHECK(scene.deliveries == std::vector<std::uint32_t>{8});
  CHECK(scene.unexpected.count(surprise::foreign_topic) == 1);
}

TEST_CASE("a broadcast before the join's answer breaks Phoenix's order and is reported") {
  stage scene;
  scene.send_bytes(switching);
  scene.broadcast("room:0", 1);
  CHECK(scene.deliveries.empty());
  CHECK(scene.unexpected.count(surprise::unexpected_event) == 1);
}

TEST_CASE("a channel that crashed or closed is reported") {
  stage scene;
  scene.joined_now().say(R"(["1","1","room:0","phx_error",{}])");
  scene.say(R"(["1","1","room:0","phx_close",{}])");
  CHECK(scene.unexpected.count(surprise::unexpected_event) == 2);
}

TEST_CASE("a heartbeat is answered in time or reported at the next one") {
  stage scene;
  scene.joined_now().client.heartbeat(scene.context);
  scene.say(R"([null,"2","phoenix","phx_reply",{"status":"ok","response":{}}])");
  scene.client.heartbeat(scene.context);
  CHECK(scene.unexpected.total() == 0);
  scene.client.heartbeat(scene.context);
  CHECK(scene.unexpected.count(surprise::unanswered_heartbeat) == 1);
}

TEST_CASE("a close frame is counted with its code and echoed") {
  stage scene;
  scene.joined_now();
  static_cast<void>(scene.heard_on_socket());
  scene.say("\x03\xf3gone", '\x88');
  CHECK(scene.closes == std::vector<std::uint16_t>{1011});
  CHECK(static_cast<unsigned char>(scene.heard_on_socket()[0]) == 0x88);
}

TEST_CASE("an end without a close frame is 1006") {
  stage scene;
  scene.joined_now().hang_up();
  CHECK(scene.closes == std::vector<std::uint16_t>{1006});
}

TEST_CASE("the last messages before the end are not lost") {
  stage scene;
  scene.joined_now();
  scene.broadcast("room:0", 1);
  scene.broadcast("room:0", 2);
  scene.hang_up();
  CHECK(scene.deliveries == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("a ping is answered with its payload") {
  stage scene;
  scene.joined_now();
  static_cast<void>(scene.heard_on_socket());
  scene.say("hi", '\x89');
  const std::string pong = scene.heard_on_socket();
  CHECK(static_cast<unsigned char>(pong.at(0)) == 0x8a);
  CHECK(pong.size() == 2 + 4 + 2);
}

TEST_CASE("a broken frame ends the connection and is reported") {
  stage scene;
  scene.joined_now().say("x", '\xc1');
  CHECK(scene.unexpected.count(surprise::broken_frame) == 1);
  CHECK(scene.closes == std::vector<std::uint16_t>{1006});
}

TEST_CASE("leaving is not a close of the server's") {
  stage scene;
  scene.joined_now().client.leave(scene.context);
  CHECK(scene.client.where() == phase::leaving);
  scene.say("\x03\xe8", '\x88');
  CHECK(scene.client.where() == phase::ended);
  CHECK(scene.closes.empty());
}

TEST_CASE("deliveries that are still under way when a client leaves are not reported as strange") {
  stage scene;
  scene.joined_now().client.leave(scene.context);
  scene.broadcast("room:0", 1);
  CHECK(scene.unexpected.total() == 0);
}

TEST_CASE("an answered heartbeat is counted") {
  stage scene;
  scene.joined_now().client.heartbeat(scene.context);
  scene.say(R"([null,"2","phoenix","phx_reply",{"status":"ok","response":{}}])");
  CHECK(scene.context.heartbeats_answered == 1);
}

TEST_CASE("a member of the hall hears it beside its own room") {
  stage scene;
  scene.joined_now().client.enter_hall(scene.context);
  CHECK(scene.hall_count == 0);
  scene.say(R"(["2","2","room:everybody","phx_reply",{"status":"ok","response":{}}])");
  CHECK(scene.hall_count == 1);
  scene.broadcast("room:everybody", 7);
  scene.broadcast("room:0", 8);
  CHECK(scene.heard == std::vector<std::uint32_t>{7});
  CHECK(scene.deliveries == std::vector<std::uint32_t>{8});
  CHECK(scene.unexpected.total() == 0);
}

TEST_CASE("the hall is foreign to those who are not in it") {
  stage scene;
  scene.joined_now().broadcast("room:everybody", 7);
  CHECK(scene.heard.empty());
  CHECK(scene.unexpected.count(surprise::foreign_topic) == 1);
}

TEST_CASE("the hall is entered once, and pushed to with the join's own ref") {
  stage scene;
  scene.joined_now();
  static_cast<void>(scene.heard_on_socket());
  scene.client.enter_hall(scene.context);
  CHECK_FALSE(scene.heard_on_socket().empty());
  scene.client.enter_hall(scene.context);
  scene.client.push_to_hall("{}", scene.context); // too early: the join is not answered
  scene.say(R"(["2","2","room:everybody","phx_reply",{"status":"ok","response":{}}])");
  scene.client.push_to_hall("{}", scene.context);
  scene.say(R"(["2","3","room:everybody","phx_reply",{"status":"ok","response":{}}])");
  CHECK(scene.hall_count == 1);
  CHECK(scene.answers.empty());
  CHECK(scene.unexpected.total() == 0);
}

TEST_CASE("a refused join of the hall is reported and the connection stays") {
  stage scene;
  scene.joined_now().client.enter_hall(scene.context);
  scene.say(R"(["2","2","room:everybody","phx_reply",{"status":"error","response":{}}])");
  CHECK(scene.hall_count == 0);
  CHECK(scene.unexpected.count(surprise::refused_in_hall) == 1);
  CHECK(scene.client.where() == phase::joined);
}
