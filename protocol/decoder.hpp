#pragma once

#include "protocol/decode_error.hpp"
#include "protocol/limits.hpp"
#include "protocol/message.hpp"
#include "protocol/wire_format.hpp"

#include <memory>
#include <string_view>

namespace lintel::protocol {

struct decoded {
  decode_errc error = decode_errc::ok;
  message_view message{};  ///< what could be read; whole when error is ok
  bool is_msgpack = false; ///< the frame was MessagePack: from now on the connection speaks it
  /// An error reply can name its request: topic and ref were read before the fault.
  bool is_answerable() const noexcept { return !message.topic.empty() && !message.ref.is_null(); }
};

/// Turns the payload of one WebSocket message into a Phoenix message, and refuses what it must not
/// let in. What passes can be encoded in every wire format: nothing behind the decoder checks
/// again. Keeps scratch memory between calls: one per worker, not thread-safe. Never throws.
class decoder {
public:
  explicit decoder(message_limits limits);
  ~decoder();
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  /// A text message, valid UTF-8. `wire` tells V1 objects from V2 arrays; a `msgpack` connection
  /// may still send V2 text. The result refers to `text` and to scratch memory: use it before the
  /// next call.
  decoded decode_text(std::string_view text, wire_format wire);

  /// A binary message: 0x95, 0xdc or 0xdd starts a MessagePack array, 0x00 a Phoenix binary push.
  decoded decode_binary(std::string_view bytes);

private:
  struct scratch;
  message_limits limits_;
  std::unique_ptr<scratch> scratch_;
};

} // namespace lintel::protocol
