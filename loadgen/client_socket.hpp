#pragma once

#include "loadgen/endpoint.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lintel::loadgen {

/// A non-blocking TCP socket and the bytes it could not yet send. Edge-triggered: the swarm
/// registers it once for everything and never changes that, which saves an epoll_ctl per blocked
/// send.
class client_socket {
public:
  client_socket() = default;
  ~client_socket() { close(); }
  client_socket(client_socket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), unsent_(std::move(other.unsent_)) {}
  client_socket& operator=(client_socket&&) = delete;

  /// Starts to connect, bound to `source` if there is one. An errno value, or 0 when it is under
  /// way.
  [[nodiscard]] int open(const endpoint& target, std::optional<in_addr> source);

  /// The errno value of a connect() that has ended; 0: connected.
  [[nodiscard]] int connect_error() const noexcept;

  /// Sends now what the kernel takes and keeps the rest. False: the connection is broken.
  [[nodiscard]] bool write(std::string_view bytes);

  /// Sends what was kept. False: the connection is broken.
  [[nodiscard]] bool flush();

  struct read_result {
    std::size_t size = 0;
    bool is_ended = false; ///< end of stream or an error: no more will come
  };
  /// One recv. Fewer bytes than `into` holds mean that nothing was left (epoll(7), question 9).
  read_result read(std::span<char> into) noexcept;

  /// Says that nothing more will come; what the peer still sends can be read.
  void end_sending() noexcept;

  /// Bytes received by the kernel that nobody has read.
  std::size_t unread_bytes() const noexcept;

  /// Closes with a reset: 10,000 ports in TIME_WAIT would push the next run over the port cliff.
  void close() noexcept;

  bool is_open() const noexcept { return fd_ >= 0; }
  int fd() const noexcept { return fd_; }

private:
  int fd_ = -1;
  std::string unsent_;
};

} // namespace lintel::loadgen
