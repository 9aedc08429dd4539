#pragma once

#include "actors/connection_actor.hpp"
#include "actors/session.hpp"
#include "gateway/outbox.hpp"
#include "protocol/close_reason.hpp"
#include "protocol/frame_reader.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace lintel::gateway {

/// Quarter seconds since the worker started: 34 years fit.
using quarter_ticks = std::uint32_t;

/// One socket and everything that must outlive its actor. What an idle connection does not need is behind a null
/// pointer.
///
///   free ──accept──▶ handshaking ──101──▶ open ──close frame──▶ closing ──end of TCP──▶ free
///                     │      ▲   └──────────── page or refusal ────▲
///   request below /api│      │answer sent                          │
///                     ▼      │                                     │
///                   asking ─▶ answering ───────── kept alive no more
struct connection {
  enum class phase : std::uint8_t {
    free,
    handshaking, ///< an HTTP request is being read, or is still to come
    asking,      ///< the application has it; nothing is read until it is answered
    answering,   ///< the answer is on its way out
    open,
    closing,
  };

  int fd = -1;
  phase at = phase::free;
  std::uint8_t epoll_events = 0; ///< EPOLLIN and EPOLLOUT as registered
  bool is_said_goodbye = false;  ///< the client's close frame was read; nothing behind it counts
  bool is_tapped = false;        ///< somebody watches what goes in and out
  bool is_dirty = false;         ///< on the list of sockets that this turn has output for
  bool is_kept_alive = false;    ///< handshaking: after other requests; asking: there may be another one
  bool is_head = false;          ///< asking: the client wants the head of the answer alone
  protocol::close_reason ending = protocol::close_reason::client_gone; ///< closing: why

  quarter_ticks last_received = 0;
  quarter_ticks phase_since = 0;      ///< accepted, or closing: handshakes and closing have deadlines of their own
  quarter_ticks assembling_since = 0; ///< 0: no incomplete message
  quarter_ticks stalled_since = 0;    ///< 0: no output waits for the peer
  quarter_ticks next_check = 0;       ///< the earliest entry in the deadline wheel

  actors::session session;
  actors::process_ptr<actors::connection_actor> actor;
  protocol::frame_reader reader;
  std::unique_ptr<std::string> unread; ///< received, not yet a whole frame, or held back by a full window
  std::unique_ptr<outbox> out;
};

} // namespace lintel::gateway
