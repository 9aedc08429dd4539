#pragma once

#include "loadgen/clock.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::loadgen {

/// What every message of ours says about itself.
struct message_stamp {
  std::uint32_t sender = 0;   ///< number of the sending connection, over all threads
  std::uint32_t sequence = 0; ///< 1, 2, 3 ... of that sender
  time_point intended;        ///< when it was meant to be sent: latency counts from here

  friend bool operator==(const message_stamp&, const message_stamp&) = default;
};

/// Smallest payload that holds any stamp.
inline constexpr std::size_t payload_bytes_min = 64;

/// Appends {"s":sender,"n":sequence,"t":nanoseconds,"p":"xxx"}, filled up to `size` bytes in total.
void append_payload(std::string& out, const message_stamp& stamp, std::size_t size);

/// Reads a payload of ours back, in whatever order the server wrote the members.
[[nodiscard]] bool read_payload(std::string_view payload, message_stamp& stamp) noexcept;

} // namespace lintel::loadgen
