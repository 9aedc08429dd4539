#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

namespace lintel::loadgen {

/// Where the server listens.
struct endpoint {
  std::string name; ///< as given: HOST:PORT
  sockaddr_storage address{};
  socklen_t address_size = 0;

  bool is_loopback_v4() const noexcept;
};

/// Resolves HOST:PORT (IPv6 hosts in brackets). Throws cannot_run with the reason.
endpoint resolve(const std::string& target);

/// One connect() before any thread is started, so that a server that is not there costs one clear
/// sentence. Throws cannot_run.
void require_listening(const endpoint& target);

/// Which local address a connection binds to. connect() searches half of the port range first:
/// beyond some 14,000 connections from one address to one port every connect scans it all
/// (measured: 112 s instead of 2 s for 100,000), so no more than connections_per_source_max share
/// an address.
class source_addresses {
public:
  static constexpr std::uint32_t connections_per_source_max = 10'000;
  static constexpr std::uint32_t source_count_max = 250; ///< 127.0.0.2 ... 127.0.0.251

  /// `count`: as the user wants; none: as many as the limit asks for, none at all when one would do
  /// or the target is not on 127.0.0.0/8 (only there every address is ours).
  source_addresses(const endpoint& target, std::uint32_t connections,
                   std::optional<std::uint32_t> count);

  std::uint32_t count() const noexcept { return count_; }

  /// None: let the kernel choose.
  std::optional<in_addr> of(std::uint32_t connection) const noexcept;

private:
  std::uint32_t count_ = 0;
};

} // namespace lintel::loadgen
