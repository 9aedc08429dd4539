#include "loadgen/endpoint.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lintel::loadgen {

namespace {

std::string text_of(int error) {
  switch (error) {
  case ECONNREFUSED:
    return "connection refused";
  case ETIMEDOUT:
    return "no answer";
  default:
    return std::strerror(error);
  }
}

} // namespace

bool endpoint::is_loopback_v4() const noexcept {
  if (address.ss_family != AF_INET)
    return false;
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
}

endpoint resolve(const std::string& target) {
  const std::size_t colon = target.rfind(':');
  if (colon == target.npos || colon == 0 || colon + 1 == target.size())
    throw cannot_run{fmt::format("\"{}\" is not HOST:PORT", target)};
  std::string host = target.substr(0, colon);
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);

  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), target.c_str() + colon + 1, &wanted, &found);
  if (error != 0)
    throw cannot_run{fmt::format("cannot resolve {}: {}", target, gai_strerror(error))};
  // A server on 127.0.0.1 is what "localhost" means to most people; ::1 often comes first.
  const addrinfo* chosen = found;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next)
    if (each->ai_family == AF_INET) {
      chosen = each;
      break;
    }
  endpoint result{.name = target, .address = {}, .address_size = chosen->ai_addrlen};
  std::memcpy(&result.address, chosen->ai_addr, chosen->ai_addrlen);
  freeaddrinfo(found);
  return result;
}

void require_listening(const endpoint& target) {
  const int fd = socket(target.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    throw cannot_run{fmt::format("cannot make a socket: {}", std::strerror(errno))};
  const int result =
      connect(fd, reinterpret_cast<const sockaddr*>(&target.address), target.address_size);
  const int error = result == 0 ? 0 : errno;
  close(fd);
  if (error != 0)
    throw cannot_run{fmt::format("cannot connect to {}: {}; start the server with script/server",
                                 target.name, text_of(error))};
}

source_addresses::source_addresses(const endpoint& target, std::uint32_t connections,
                                   std::optional<std::uint32_t> count) {
  if (count) {
    if (*count > 0 && !target.is_loopback_v4())
      throw cannot_run{fmt::format(
          "--source-addresses needs a target on 127.0.0.0/8, and {} is not", target.name)};
    count_ = *count;
    return;
  }
  const std::uint32_t needed =
      (connections + connections_per_source_max - 1) / connections_per_source_max;
  if (needed > 1 && target.is_loopback_v4())
    count_ = std::min(needed, source_count_max);
}

std::optional<in_addr> source_addresses::of(std::uint32_t connection) const noexcept {
  if (count_ == 0)
    return std::nullopt;
  constexpr std::uint32_t first = 0x7f000002; // 127.0.0.2
  return in_addr{htonl(first + connection % count_)};
}

} // namespace lintel::loadgen
