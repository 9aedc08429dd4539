#include "gateway/peer_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace lintel::gateway {

std::string peer_address(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0)
    return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return std::string{text.data()} + ':' + std::to_string(ntohs(v4.sin_port));
  }
  if (peer.ss_family != AF_INET6)
    return {};
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  return '[' + std::string{text.data()} + "]:" + std::to_string(ntohs(v6.sin6_port));
}

} // namespace lintel::gateway
