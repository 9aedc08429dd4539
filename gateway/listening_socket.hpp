#pragma once

#include <cstdint>
#include <string>

namespace lintel::gateway {

/// A listening TCP socket, closed with its owner. Several may share one port (SO_REUSEPORT): the kernel spreads
/// connections over them.
class listening_socket {
public:
  /// Port 0 takes a free one. Throws std::system_error that says which address could not be had and why.
  listening_socket(const std::string& host, std::uint16_t port);
  ~listening_socket();
  listening_socket(listening_socket&& other) noexcept;
  listening_socket& operator=(listening_socket&&) = delete;

  int fd() const noexcept { return fd_; }
  std::uint16_t port() const;

private:
  int fd_ = -1;
};

/// Numeric IPv4 or IPv6, or "localhost". Loopback addresses need no authentication.
bool is_loopback(const std::string& host);

} // namespace lintel::gateway
