#pragma once

#include "protocol/close_reason.hpp"
#include "protocol/encoded_frame.hpp"
#include "protocol/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace lintel::protocol {

struct frame_header;

/// What the front of the received bytes held.
struct frame_item {
  enum class kind : std::uint8_t {
    need_more, ///< no complete frame; keep the bytes and come back with more
    message,   ///< a whole text or binary message: `code` and `payload`
    ping,      ///< answer with a pong of `payload`
    pong,      ///< nothing to do, but the peer lives
    close,     ///< the peer closes with `close_code` (0: the body was empty)
    failed,    ///< the connection must end with `reason`
  };
  kind what = kind::need_more;
  opcode code = opcode::text;
  std::string_view payload{}; ///< unmasked; valid until the next call and while the input lives
  std::uint16_t close_code = 0;
  close_reason reason = close_reason::protocol_error;
};

/// Reads client frames as RFC 6455 5 and 8.1 demand, fragmented messages and UTF-8 included.
/// Holds memory only inside a fragmented message: 8 bytes while idle.
class frame_reader {
public:
  frame_reader() noexcept;
  ~frame_reader();
  frame_reader(frame_reader&&) noexcept;
  frame_reader& operator=(frame_reader&&) noexcept;

  /// Takes frames from the front of `input` (unmasking in place and shortening it) until one of
  /// them is worth telling. `need_more` leaves an incomplete frame in `input`, untouched; `failed`
  /// leaves nothing. Lengths are judged before any payload.
  frame_item next(std::span<char>& input, const message_limits& limits);

  /// Inside a fragmented message: the assembly deadline applies.
  bool is_assembling() const noexcept;

private:
  struct assembly;
  std::optional<frame_item> judge(const frame_header& header, const message_limits& limits) const;
  std::optional<frame_item> take(const frame_header& header, std::string_view payload);

  std::unique_ptr<assembly> assembly_;
};

} // namespace lintel::protocol
