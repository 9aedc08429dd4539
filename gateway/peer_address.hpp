#pragma once

#include <string>

namespace lintel::gateway {

/// Who is at the other end of a TCP socket: "127.0.0.1:52110", "[::1]:52110"; behind a proxy that is the proxy. Empty:
/// the peer is gone. On the thread that owns the descriptor.
std::string peer_address(int fd);

} // namespace lintel::gateway
