#include "loadgen/client_socket.hpp"

#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace lintel::loadgen {

namespace {

void set_option(int fd, int level, int name, int value) noexcept {
  // Tuning only: a kernel that refuses one still connects.
  static_cast<void>(setsockopt(fd, level, name, &value, sizeof value));
}

} // namespace

int client_socket::open(const endpoint& target, std::optional<in_addr> source) {
  fd_ = ::socket(target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0)
    return errno;
  set_option(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  // Every end is a reset, also the kernel's when this process is killed.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  static_cast<void>(::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  if (source) {
    // Without it bind() takes a port for this address alone; with it connect() chooses one per
    // 4-tuple.
    set_option(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr = *source;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0)
      return errno;
  }
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&target.address), target.address_size) == 0)
    return 0;
  return errno == EINPROGRESS ? 0 : errno;
}

int client_socket::connect_error() const noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
    return errno;
  return error;
}

bool client_socket::write(std::string_view bytes) {
  if (!unsent_.empty()) {
    unsent_.append(bytes);
    return true;
  }
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR)
    return false;
  const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  unsent_.append(bytes.substr(taken));
  return true;
}

bool client_socket::flush() {
  while (!unsent_.empty()) {
    const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0)
      return errno == EAGAIN || errno == EINTR;
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

client_socket::read_result client_socket::read(std::span<char> into) noexcept {
  const ssize_t size = ::recv(fd_, into.data(), into.size(), 0);
  if (size > 0)
    return {static_cast<std::size_t>(size), false};
  const bool is_only_empty = size < 0 && (errno == EAGAIN || errno == EINTR);
  return {0, !is_only_empty};
}

std::size_t client_socket::unread_bytes() const noexcept {
  int size = 0;
  return fd_ >= 0 && ::ioctl(fd_, FIONREAD, &size) == 0 ? static_cast<std::size_t>(size) : 0;
}

void client_socket::end_sending() noexcept {
  if (fd_ >= 0)
    static_cast<void>(::shutdown(fd_, SHUT_WR)); // a broken connection has ended anyway
}

void client_socket::close() noexcept {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
  unsent_.clear();
}

} // namespace lintel::loadgen
