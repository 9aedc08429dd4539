#pragma once

#include "protocol/decoder.hpp"
#include "protocol/encoded_frame.hpp"
#include "protocol/message.hpp"
#include "protocol/wire_format.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace lintel::gateway {

/// One message of a connection that somebody watches. Never its payload: that is between its sender and its room.
struct frame_note {
  enum class direction : std::uint8_t { in, out };
  direction way;
  std::chrono::system_clock::time_point at;
  std::string topic; ///< empty: not a message (a pong, a close)
  std::string event;
  std::string ref;
  std::size_t bytes = 0; ///< in: of the payload of the WebSocket message; out: of the frame
};

/// The last messages of those of a worker's connections that are being watched. This worker only.
class frame_taps {
public:
  static constexpr std::size_t notes_max = 32; ///< per connection

  explicit frame_taps(protocol::message_limits limits) : decoder_(limits) {}

  void open(std::uint32_t slot) { taps_.try_emplace(slot); }
  void close(std::uint32_t slot) { taps_.erase(slot); }

  void note_in(std::uint32_t slot, const protocol::message_view& message, std::size_t bytes);
  void note_out(std::uint32_t slot, const protocol::encoded_frame& frames, protocol::wire_format wire);
  /// Oldest first.
  std::deque<frame_note> notes_of(std::uint32_t slot) const;

private:
  void add(std::uint32_t slot, frame_note note);

  protocol::decoder decoder_; // not the one of the way in: its results are in use while answers go out
  std::unordered_map<std::uint32_t, std::deque<frame_note>> taps_;
};

} // namespace lintel::gateway
