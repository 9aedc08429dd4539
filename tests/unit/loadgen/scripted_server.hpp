#pragma once

#include "loadgen/envelope.hpp"
#include "tests/unit/loadgen/client_stage.hpp"

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace lintel::loadgen::testing {

/// A server whose answers a test decides: it upgrades everybody, and sends what `answer` says to each message. Has a
/// thread of its own; `answer` runs there.
class scripted_server {
public:
  /// What goes to the connection that sent the message.
  using script = std::function<std::vector<std::string>(const envelope& message)>;

  explicit scripted_server(script answer) : answer_(std::move(answer)), thread_([this] { serve(); }) {}
  ~scripted_server() {
    is_stopped_ = true;
    thread_.join();
  }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  endpoint where() const { return port_.where(); }

  static std::string reply(const envelope& to, std::string_view response, std::string_view status = "ok") {
    return fmt::format(R"(["{0}","{1}","{2}","phx_reply",{{"status":"{3}","response":{4}}}])",
                       to.join_ref.value_or("0"), to.ref.value_or("0"), to.topic, status, response);
  }
  static std::string stream(std::uint64_t offset, std::uint32_t count = 0, bool is_recovered = false) {
    return fmt::format(R"({{"stream":{{"epoch":"e","offset":{},"recovered":{},"count":{}}}}})", offset, is_recovered,
                       count);
  }
  static std::string message(std::string_view topic, std::uint64_t offset, std::string_view payload = "{}") {
    return fmt::format(R"([null,"@{}","{}","new_msg",{}])", offset, topic, payload);
  }

private:
  struct peer {
    std::string received{};
    bool is_upgraded = false;
  };

  void serve() {
    constexpr int look_ms = 10; // how soon it sees that it shall stop
    while (!is_stopped_) {
      std::vector<pollfd> waiting{{.fd = port_.fd(), .events = POLLIN, .revents = 0}};
      for (const auto& [fd, each] : peers_)
        waiting.push_back({.fd = fd, .events = POLLIN, .revents = 0});
      if (poll(waiting.data(), waiting.size(), look_ms) <= 0)
        continue;
      if (waiting[0].revents != 0)
        peers_.try_emplace(port_.accept_one());
      for (std::size_t i = 1; i < waiting.size(); ++i)
        if (waiting[i].revents != 0)
          read(waiting[i].fd);
    }
    for (const auto& [fd, each] : peers_)
      close(fd);
  }

  void read(int fd) {
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) {
      close(fd);
      peers_.erase(fd);
      return;
    }
    peer& from = peers_[fd];
    from.received.append(buffer.data(), static_cast<std::size_t>(size));
    if (!from.is_upgraded) {
      const std::size_t end = from.received.find("\r\n\r\n");
      if (end == from.received.npos)
        return;
      from.received.erase(0, end + 4);
      from.is_upgraded = true;
      say(fd, switching);
    }
    take_frames(fd, from.received);
  }

  void take_frames(int fd, std::string& received) {
    constexpr std::size_t head = 2, mask = 4;
    while (received.size() >= head) {
      const std::size_t short_size = static_cast<unsigned char>(received[1]) & 127u;
      const std::size_t size_bytes = short_size == 126 ? 2 : 0;
      if (received.size() < head + size_bytes + mask)
        return;
      const std::size_t size = size_bytes == 0 ? short_size
                                               : std::size_t{static_cast<unsigned char>(received[2])} * 256 +
                                                     static_cast<unsigned char>(received[3]);
      const std::size_t start = head + size_bytes + mask;
      if (received.size() < start + size)
        return;
      std::string text = received.substr(start, size);
      for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(text[i] ^ received[start - mask + i % mask]);
      received.erase(0, start + size);
      envelope message;
      if (scan_envelope(text, message))
        for (const std::string& each : answer_(message))
          say(fd, framed(each));
    }
  }

  static std::string framed(const std::string& text) {
    if (text.size() < 126)
      return std::string{'\x81', static_cast<char>(text.size())} + text;
    return std::string{'\x81', '\x7e', static_cast<char>(text.size() / 256), static_cast<char>(text.size() % 256)} +
           text;
  }
  static void say(int fd, std::string_view bytes) {
    static_cast<void>(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL)); // who has gone hears nothing
  }

  listener port_;
  script answer_;
  std::map<int, peer> peers_;
  std::atomic<bool> is_stopped_ = false;
  std::thread thread_;
};

} // namespace lintel::loadgen::testing
