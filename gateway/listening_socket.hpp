#pragma once

#include <cstdint>
#include <string>

namespace lintel::gateway {

/// A listening TCP socket. Several may share one port (SO_REUSEPORT): the kernel spreads connections over them.
/// Opened by main before the workers start: a wrong address is told at once, and a worker that takes a descriptor
/// table of its own inherits the socket under the same number.
class listening_socket {
public:
  enum class sharing : std::uint8_t {
    first,   ///< nobody else may listen there: SO_REUSEPORT alone would let two servers split their clients
    sibling, ///< beside the first one of this process
  };

  /// Port 0 takes a free one. Throws std::system_error that says which address could not be had and why.
  listening_socket(const std::string& host, std::uint16_t port, sharing how);
  ~listening_socket();
  listening_socket(listening_socket&& other) noexcept;
  listening_socket& operator=(listening_socket&&) = delete;

  int fd() const noexcept { return fd_; }
  /// Connections are refused from here on, in whatever descriptor tables the socket has copies.
  void stop() noexcept;
  std::uint16_t port() const;

private:
  int fd_ = -1;
};

/// Numeric IPv4 or IPv6, or "localhost". Loopback addresses need no authentication.
bool is_loopback(const std::string& host);

} // namespace lintel::gateway
