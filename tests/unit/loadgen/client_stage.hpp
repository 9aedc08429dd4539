#pragma once

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

/// A client of the load generator with the server's end of its socket in the test's hands.
namespace lintel::loadgen::testing {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using phase = client_connection::phase;

inline constexpr std::string_view switching = "HTTP/1.1 101 Switching Protocols\r\n"
                                       "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
inline constexpr std::string_view join_reply =
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
  int fd() const { return fd_; }
  int accept_one() const { return accept(fd_, nullptr, nullptr); }

private:
  int fd_;
  std::uint16_t port_ = 0;
};

/// Waits until something can be read: loopback is quick, but not instantaneous on a busy machine.
inline void await_readable(int fd) {
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
    request = heard_on_socket();
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

  std::string heard_on_socket() const {
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
                         .hall = "room:everybody",
                         .input = std::vector<char>(client_context::input_bytes),
                         .text = {},
                         .frame = {}};
  client_connection client;
  std::string request;
  int join_count = 0;
  std::vector<std::string> failures;
  std::vector<std::uint32_t> deliveries;
  int hall_count = 0; ///< entered
  std::vector<std::uint32_t> heard;
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
  void entered_hall(std::uint32_t) override { ++hall_count; }
  void heard_in_hall(std::uint32_t, const message_stamp& stamp, time_point) override {
    heard.push_back(stamp.sequence);
  }
  void surprised(surprise kind, std::string_view example) override {
    unexpected.note(kind, example);
  }
};

} // namespace lintel::loadgen::testing
