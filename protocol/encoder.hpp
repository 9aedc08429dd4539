#pragma once

#include "protocol/encoded_frame.hpp"
#include "protocol/message.hpp"
#include "protocol/wire_format.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::protocol {

struct reply_view {
  ref_view join_ref{};
  ref_view ref{};
  std::string_view topic{};
  std::string_view status{}; ///< "ok" or "error"
  payload_view response{};
};

/// Pushes, broadcasts (both refs null), phx_close and phx_error. Text stays compact: exactly five
/// elements, no white space in the envelope. A binary payload becomes kind 0 (join_ref set) or kind
/// 2 on json_v2, `bin` on msgpack, and {"encoding":"base64","data":"..."} on json_v1, which has no
/// binary frames. Kinds 0 and 2 have no place for a ref: a message with one is text, as on json_v1.
encoded_frame_ptr encode_message(wire_format wire, const message_view& message);

/// Appends the same frame to `out`: for many messages to one recipient.
void append_message(std::string& out, wire_format wire, const message_view& message);

/// A phx_reply; kind 1 when the response is binary and the wire json_v2.
encoded_frame_ptr encode_reply(wire_format wire, const reply_view& reply);

/// The answer to a heartbeat, as a complete frame in a buffer of this thread that the next call overwrites. A heartbeat
/// belongs to the socket: join_ref is null whatever the client said (lib/phoenix/socket.ex).
std::string_view encode_heartbeat_reply(wire_format wire, const ref_view& ref);

/// A close frame with a code and a reason text of at most 123 bytes. Code 0: an empty body
/// (RFC 6455 5.5.1).
encoded_frame_ptr encode_close(std::uint16_t code, std::string_view text);

/// Echoes the ping's payload, at most 125 bytes (RFC 6455 5.5.3).
encoded_frame_ptr encode_pong(std::string_view payload);

/// Encodings made so far by this process: tests prove "once per wire format" with it.
std::uint64_t encoded_total() noexcept;

} // namespace lintel::protocol
