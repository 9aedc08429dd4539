#include "loadgen/client_connection.hpp"

#include "loadgen/upgrade.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

using namespace lintel::loadgen;
using namespace std::chrono_literals;
using phase = client_connection::phase;

namespace {

constexpr std::string_view switching = "HTTP/1.1 101 Switching Protocols\r\n"
                                       "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
constexpr std::string_view join_reply =
    R"(["1","1","room:0","phx_reply",{"status":"ok","response":{}}])";

/// A listening socket on a port the kernel chose.
class listener {
public:
  listener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0);
    REQUIRE(listen(fd_, 8) == 0);
    socklen_t size = sizeof local;
    REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &size) == 0);
    port_ = ntohs(local.sin_port);
  }
  ~listener() { close(fd_); }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  endpoint where() const { return resolve(fmt::format("127.0.0.1:{}", port_)); }
  int accept_one() const { return accept(fd_, nullptr, nullptr); }

private:
  int fd_;
  std::uint16_t port_ = 0;
};

/// Waits until something can be read: loopback is quick, but not instantaneous on a busy machine.
void await_readable(int fd) {
  constexpr int patience_ms = 2000;
  pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
  static_cast<void>(poll(&waiting, 1, patience_ms));
}

/// One client and the server's end of its socket, moved step by step.
class stage : public client_observer {
public:
  stage() {
    client.open(0, 0, 0, context);
    server_ = port_.accept_one();
    client.ready(EPOLLOUT, context);
    request = heard();
  }
  ~stage() override { close(server_); }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  void send_bytes(std::string_view bytes) {
    REQUIRE(send(server_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
    await_readable(client.socket().fd());
    client.ready(EPOLLIN, context);
  }

  void say(std::string_view text, char first = '\x81') {
    REQUIRE(text.size() < 126);
    send_bytes(std::string{first, static_cast<char>(text.size())}.append(text));
  }

  void hang_up() {
    shutdown(server_, SHUT_WR);
    await_readable(client.socket().fd());
    client.ready(EPOLLIN | EPOLLRDHUP, context);
  }

  std::string heard() const {
    await_readable(server_);
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(server_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

  stage& joined_now() {
    send_bytes(switching);
    say(join_reply);
    REQUIRE(client.where() == phase::joined);
    return *this;
  }

  void push(std::uint32_t sequence) {
    client.push({0, sequence, from_ns(1)}, "new_msg", "{}", context);
  }
  void reply(std::string_view ref, std::string_view status = "ok") {
    say(fmt::format(R"(["1","{}","room:0","phx_reply",{{"status":"{}","response":{{}}}}])", ref,
                    status));
  }
  void broadcast(std::string_view topic, std::uint32_t sequence) {
    say(fmt::format(R"([null,null,"{}","new_msg",{{"s":0,"n":{},"t":5,"p":""}}])", topic,
                    sequence));
  }

private:
  listener port_;
  endpoint target_ = port_.where();
  source_addresses sources_{target_, 1, std::nullopt};
  int server_ = -1;

public:
  client_context context{.target = target_,
                         .sources = sources_,
                         .observer = *this,
                         .request = upgrade_request("h"),
                         .topics = {"room:0", "room:1"},
                         .event = "new_msg",
                         .input = std::vector<char>(client_context::input_bytes),
                         .text = {},
                         .frame = {}};
  client_connection client;
  std::string request;
  int join_count = 0;
  std::vector<std::string> failures;
  std::vector<std::uint32_t> deliveries;
  std::vector<std::pair<std::uint32_t, reply_status>> answers;
  std::vector<std::uint16_t> closes;
  surprises unexpected;

private:
  void joined(std::uint32_t, nanoseconds) override { ++join_count; }
  void failed_to_join(std::uint32_t, std::string_view why) override { failures.emplace_back(why); }
  void delivered(std::uint32_t, const message_stamp& stamp, time_point) override {
    deliveries.push_back(stamp.sequence);
  }
  void answered(std::uint32_t, const pending_push& push, reply_status status, time_point) override {
    answers.emplace_back(push.sequence, status);
  }
  void closed(std::uint32_t, std::uint16_t code) override { closes.push_back(code); }
  void surprised(surprise kind, std::string_view example) override {
    unexpected.note(kind, example);
  }
};

} // namespace

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
  static_cast<void>(scene.heard());
  scene.say("\x03\xf3gone", '\x88');
  CHECK(scene.closes == std::vector<std::uint16_t>{1011});
  CHECK(static_cast<unsigned char>(scene.heard()[0]) == 0x88);
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
  static_cast<void>(scene.heard());
  scene.say("hi", '\x89');
  const std::string pong = scene.heard();
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
