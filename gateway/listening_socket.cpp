#include "gateway/listening_socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace lintel::gateway {

namespace {

constexpr int backlog = 4096; // what net.core.somaxconn allows at most by default

// The kernel hands a connection over once its request is there, or after so long (it rounds up to a retransmission):
// the handshake deadline covers the rest. Saves one wake-up and one epoll event per connection.
constexpr int defer_accept_seconds = 1;

[[noreturn]] void fail(const std::string& host, std::uint16_t port, int error) {
  throw std::system_error{error, std::generic_category(), "cannot listen on " + host + ":" + std::to_string(port)};
}

void set_flag(int fd, int level, int option, int value) {
  if (setsockopt(fd, level, option, &value, sizeof value) < 0)
    throw std::system_error{errno, std::generic_category(), "setsockopt"};
}

std::unique_ptr<addrinfo, void (*)(addrinfo*)> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
    throw std::system_error{EADDRNOTAVAIL, std::generic_category(), "cannot resolve " + host};
  return {found, freeaddrinfo};
}

int bound_socket(const addrinfo& address, const std::string& host, std::uint16_t port, bool is_shared) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    fail(host, port, errno);
  try {
    set_flag(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    set_flag(fd, SOL_SOCKET, SO_REUSEPORT, is_shared ? 1 : 0);
    set_flag(fd, IPPROTO_TCP, TCP_NODELAY, 1); // accepted sockets inherit it
    set_flag(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, defer_accept_seconds);
    if (::bind(fd, address.ai_addr, address.ai_addrlen) < 0)
      fail(host, port, errno);
  } catch (...) {
    ::close(fd);
    throw;
  }
  return fd;
}

} // namespace

listening_socket::listening_socket(const std::string& host, std::uint16_t port, sharing how) {
  const auto address = resolve(host, port);
  if (how == sharing::first && port != 0)
    ::close(bound_socket(*address, host, port, false)); // fails if anybody listens there, whatever options they chose
  fd_ = bound_socket(*address, host, port, true);
  if (::listen(fd_, backlog) == 0)
    return;
  const int error = errno;
  ::close(fd_);
  fail(host, port, error);
}

listening_socket::~listening_socket() {
  if (fd_ >= 0)
    ::close(fd_);
}

listening_socket::listening_socket(listening_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

void listening_socket::stop() noexcept { ::shutdown(fd_, SHUT_RDWR); }

std::uint16_t listening_socket::port() const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) < 0)
    throw std::system_error{errno, std::generic_category(), "getsockname"};
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1)
    return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "localhost" || host == "::1";
}

} // namespace lintel::gateway
