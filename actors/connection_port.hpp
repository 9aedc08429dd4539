#pragma once

#include "actors/client_identity.hpp"
#include "actors/session.hpp"
#include "protocol/close_reason.hpp"
#include "protocol/encoded_frame.hpp"

namespace lintel::actors {

/// What a connection's behaviour may ask of the sockets: the one seam between mailboxes and sockets on this side.
/// One per worker, used on that worker only. None of it blocks or fails; a socket that breaks ends its session.
class connection_port {
public:
  virtual ~connection_port() = default;

  /// Queues a frame; it leaves at the end of the worker's turn.
  virtual void send(session& to, protocol::encoded_frame_ptr frame) = 0;
  /// Closes this one socket, with what is queued first.
  virtual void close(session& which, protocol::close_reason reason) = 0;
  /// Echoes the client's close frame (RFC 6455 5.5.1) and closes.
  virtual void answer_close(session& which, std::uint16_t code) = 0;
  /// The inbound window has room again.
  virtual void resume_reading(session& which) = 0;
  /// Null: it said nothing about itself.
  virtual client_identity_ptr identity_of(const session& which) const = 0;
};

} // namespace lintel::actors
