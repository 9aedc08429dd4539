#pragma once

#include <cstdint>

namespace lintel::gateway {

/// What a failed accept() means for the listener (accept(2); ranch's acceptor has the same four cases).
enum class accept_next : std::uint8_t {
  nothing_left, ///< EAGAIN: wait for the next connection
  go_on,        ///< this one connection failed before it was ours
  pause,        ///< out of descriptors or memory: accepting again at once would only spin
  crash,        ///< nobody knows: let the supervisor decide
};

accept_next classify_accept_error(int error) noexcept;

} // namespace lintel::gateway
