#pragma once

#include "protocol/encoded_frame.hpp"
#include "tests/support/waiting.hpp"
#include "tests/unit/protocol/client_frames.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace lintel::testing {

/// A server's frame as it came.
struct received_frame {
  protocol::opcode code = protocol::opcode::text;
  std::string payload;

  std::uint16_t close_code() const {
    return payload.size() < 2 ? std::uint16_t{0}
                              : static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                                           static_cast<unsigned char>(payload[1]));
  }
};

/// A blocking TCP connection to a port of this machine, and enough of a WebSocket client on it. Nothing blocks for
/// longer than a test's patience.
class tcp_client {
public:
  struct options {
    int receive_buffer_bytes = 0; ///< 0: what the kernel thinks best
  };

  explicit tcp_client(std::uint16_t port) : tcp_client(port, options{}) {}
  tcp_client(std::uint16_t port, options with) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval most{.tv_sec = patience.count(), .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    if (with.receive_buffer_bytes != 0)
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &with.receive_buffer_bytes, sizeof with.receive_buffer_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error{"cannot connect"};
  }
  ~tcp_client() { close(); }
  tcp_client(tcp_client&& other) noexcept : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  tcp_client& operator=(tcp_client&&) = delete;

  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }
  /// As a process that is killed: the peer sees a reset.
  void reset() {
    const linger hard{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }
  void shut_down_writing() { ::shutdown(fd_, SHUT_WR); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0)
        throw std::runtime_error{"the server does not take what is sent"};
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// Up to `most` bytes; empty: the end of the stream, in good order or by a reset.
  std::string receive(std::size_t most = 65536) {
    if (!received_.empty()) {
      auto out = received_.substr(0, most);
      received_.erase(0, out.size());
      return out;
    }
    std::string out(most, '\0');
    const auto count = ::recv(fd_, out.data(), out.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      throw std::runtime_error{"the server says nothing"};
    out.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return out;
  }
  std::string receive_all() {
    std::string all;
    for (auto part = receive(); !part.empty(); part = receive())
      all += part;
    return all;
  }
  bool is_ended() { return receive(1).empty(); }

  static std::string upgrade_request(std::string_view query = "?vsn=2.0.0") {
    return "GET /socket/websocket" + std::string{query} +
           " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  }
  void upgrade(std::string_view query = "?vsn=2.0.0") {
    send(upgrade_request(query));
    if (!receive_response().starts_with("HTTP/1.1 101 "))
      throw std::runtime_error{"no upgrade"};
  }
  std::string receive_response() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      const auto more = receive();
      if (more.empty())
        throw std::runtime_error{"the server ends the connection: " + head};
      head += more;
    }
    const auto end = head.find("\r\n\r\n") + 4;
    received_.insert(0, head.substr(end));
    return head.substr(0, end);
  }

  void send_text(std::string_view text) { send(protocol::test::client_frame(protocol::opcode::text, text)); }
  void send_close(std::uint16_t code) {
    const char bytes[] = {static_cast<char>(code >> 8), static_cast<char>(code & 255)};
    send(protocol::test::client_frame(protocol::opcode::close, {bytes, 2}));
  }

  /// nullopt: the stream ended between two frames. Throws when it ends inside one.
  std::optional<received_frame> next_frame(std::size_t bytes_at_once = 65536) {
    std::string bytes;
    const auto need = [&](std::size_t size) {
      while (bytes.size() < size) {
        const auto more = receive(bytes_at_once);
        if (more.empty())
          return false;
        bytes += more;
      }
      return true;
    };
    if (!need(1))
      return std::nullopt;
    std::size_t header = 2;
    if (!need(2))
      throw std::runtime_error{"cut inside a header"};
    auto length = static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[1]));
    if (length > 125) {
      const std::size_t extra = length == 126 ? 2 : 8;
      header += extra;
      if (!need(header))
        throw std::runtime_error{"cut inside a header"};
      length = 0;
      for (std::size_t i = 0; i < extra; ++i)
        length = length << 8 | static_cast<unsigned char>(bytes[2 + i]);
    }
    if (!need(header + length))
      throw std::runtime_error{"cut inside a frame"};
    received_.insert(0, bytes.substr(header + length));
    return received_frame{static_cast<protocol::opcode>(bytes[0] & 15), bytes.substr(header, length)};
  }
  /// The next text message.
  std::string next_text() {
    auto frame = next_frame();
    if (!frame || frame->code != protocol::opcode::text)
      throw std::runtime_error{"no text"};
    return frame->payload;
  }
  /// Reads past everything up to the close frame; 0: the stream ended without one.
  std::uint16_t code_of_close() {
    while (auto frame = next_frame())
      if (frame->code == protocol::opcode::close)
        return frame->close_code();
    return 0;
  }

  // --- Phoenix messages, V2
  void join(const std::string& topic) {
    send_text(R"(["j","j",")" + topic + R"(","phx_join",{}])");
    const auto answer = next_text();
    if (answer != R"(["j","j",")" + topic + R"(","phx_reply",{"status":"ok","response":{}}])")
      throw std::runtime_error{"not joined: " + answer};
  }
  void heartbeat(int ref) { send_text(heartbeat_text(ref)); }
  static std::string heartbeat_text(int ref) {
    return "[null,\"" + std::to_string(ref) + R"(","phoenix","heartbeat",{}])";
  }
  static std::string heartbeat_answer(int ref) {
    return "[null,\"" + std::to_string(ref) + R"(","phoenix","phx_reply",{"status":"ok","response":{}}])";
  }

private:
  int fd_;
  std::string received_;
};

} // namespace lintel::testing
