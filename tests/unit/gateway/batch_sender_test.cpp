// Both ways out put exactly the bytes of the outboxes on the wire, in order, whatever the kernel takes of each send.

#include "gateway/batch_sender.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>
#include <vector>

using namespace lintel::gateway;
using lintel::protocol::encoded_frame;
using lintel::protocol::opcode;

namespace {

constexpr outbox_limits no_limits{.bytes_max = ~std::size_t{0}, .frames_max = ~std::size_t{0}};

/// Two ends of a TCP connection over loopback with buffers as small as the kernel makes them.
struct wire {
  connection sender;
  int reader = -1;
  std::string expected;
  std::string received;

  explicit wire(int listening) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    REQUIRE(getsockname(listening, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    reader = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int small = 1;
    setsockopt(reader, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    REQUIRE(::connect(reader, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    sender.fd = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    REQUIRE(sender.fd >= 0);
    setsockopt(sender.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    sender.out = std::make_unique<outbox>();
  }
  ~wire() {
    ::close(reader);
    ::close(sender.fd);
  }
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  void enqueue(const lintel::protocol::encoded_frame_ptr& frame) {
    expected += frame->bytes();
    REQUIRE(sender.out->enqueue(frame, no_limits) == enqueue_status::queued);
  }
  void read_up_to(std::size_t count) {
    std::string bytes(count, '\0');
    const auto got = ::recv(reader, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0)
      received.append(bytes, 0, static_cast<std::size_t>(got));
  }
};

int listen_on_loopback() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd, 16) == 0);
  return fd;
}

struct outcomes {
  std::size_t whole = 0, shortened = 0, refused = 0, broken = 0;
};

// Random frames to random sockets, read in random pieces, until everybody has everything.
outcomes exercise(batch_sender& sender, std::vector<std::unique_ptr<wire>>& wires, std::mt19937& random) {
  outcomes seen;
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
  for (int round = 0; round < 1200; ++round) {
    const bool is_filling = round < 120;
    if (is_filling) {
      const auto frame = encoded_frame::make(
          opcode::text, std::string(1 + below(round % 10 == 0 ? 20'000 : 300), static_cast<char>('a' + round % 26)));
      for (auto& w : wires)
        if (below(3) != 0)
          w->enqueue(frame);
    }
    std::vector<connection*> ready;
    for (auto& w : wires)
      if (!w->sender.out->is_empty())
        ready.push_back(&w->sender);
    if (ready.empty() && !is_filling)
      break;
    sender.send(ready, [&](connection& c, ssize_t sent) {
      if (sent == -EAGAIN)
        ++seen.refused;
      else if (sent < 0)
        ++seen.broken;
      else
        c.out->sent(static_cast<std::size_t>(sent));
      if (sent > 0)
        ++(c.out->is_empty() ? seen.whole : seen.shortened);
    });
    for (auto& w : wires)
      w->read_up_to(1 + below(is_filling ? 2'000 : 200'000));
  }
  for (auto& w : wires)
    for (int i = 0; i < 1000 && w->received.size() < w->expected.size(); ++i)
      w->read_up_to(1'000'000);
  return seen;
}

void expect_exact_bytes(batch_sender& sender, std::size_t sockets) {
  std::mt19937 random{static_cast<unsigned>(sockets)};
  const int listening = listen_on_loopback();
  std::vector<std::unique_ptr<wire>> wires;
  for (std::size_t i = 0; i < sockets; ++i)
    wires.push_back(std::make_unique<wire>(listening));
  const auto seen = exercise(sender, wires, random);
  ::close(listening);
  CHECK(seen.broken == 0);
  CHECK(seen.whole > 0);
  CHECK(seen.shortened > 0); // else this would prove nothing
  CHECK(seen.refused > 0);
  std::size_t wrong = 0;
  for (const auto& w : wires)
    wrong += w->received == w->expected ? 0 : 1;
  CHECK(wrong == 0);
}

} // namespace

TEST_CASE("plain sends: exact bytes under short sends and full sockets") {
  expect_exact_bytes(*make_plain_sender(), 1);
  expect_exact_bytes(*make_plain_sender(), 40);
}

TEST_CASE("io_uring: exact bytes under short sends and full sockets") {
  const auto sender = make_uring_sender();
  if (!sender) {
    WARN("this kernel gives us no io_uring; the server would use plain sends, and nothing is tested here");
    return;
  }
  CHECK(sender->name() == "uring");
  expect_exact_bytes(*sender, 1); // goes out plainly
  expect_exact_bytes(*sender, 40);
  expect_exact_bytes(*sender, 300); // more than one submission
}

TEST_CASE("a socket that broke says so, and the others of its batch are served") {
  for (const auto& sender : {make_plain_sender(), make_uring_sender()}) {
    if (!sender)
      continue;
    const int listening = listen_on_loopback();
    std::vector<std::unique_ptr<wire>> wires;
    for (int i = 0; i < 8; ++i) {
      wires.push_back(std::make_unique<wire>(listening));
      wires.back()->enqueue(encoded_frame::make(opcode::text, "hello"));
    }
    ::shutdown(wires[3]->sender.fd, SHUT_WR);
    std::vector<connection*> ready;
    for (auto& w : wires)
      ready.push_back(&w->sender);
    std::vector<ssize_t> results(wires.size());
    sender->send(ready, [&](connection& c, ssize_t sent) {
      results[static_cast<std::size_t>(std::find(ready.begin(), ready.end(), &c) - ready.begin())] = sent;
    });
    CHECK(results[3] == -EPIPE);
    CHECK(std::count(results.begin(), results.end(), 7) == 7);
    ::close(listening);
  }
}
