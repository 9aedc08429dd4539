#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::loadgen {

/// The HTTP request of every connection: Phoenix V2 on /socket/websocket. The key is RFC 6455's own
/// example (1.3): the accept value is then a constant, and the server computes it all the same.
std::string upgrade_request(std::string_view host);

enum class upgrade_status : std::uint8_t { need_more, accepted, refused };

struct upgrade_result {
  upgrade_status status = upgrade_status::need_more;
  std::size_t size = 0; ///< bytes of the response head, when accepted
  std::string problem;  ///< when refused: what the server said or did wrong
};

/// A response head above this is no answer to an upgrade.
inline constexpr std::size_t upgrade_bytes_max = 8192;

/// Judges the bytes received so far: 101, and the Sec-WebSocket-Accept that belongs to our key.
upgrade_result read_upgrade(std::string_view bytes);

} // namespace lintel::loadgen
