// The way out: frames → outbox → one send per socket at the end of the turn.

#include "gateway/socket_worker.hpp"
#include "protocol/encoder.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace lintel::gateway {

using protocol::close_reason;

namespace {

// Frames per send: more than a turn ever gathers for one healthy socket, and well below IOV_MAX.
constexpr std::size_t frames_per_send = 64;

} // namespace

void socket_worker::send(actors::session& to, protocol::encoded_frame_ptr frame) {
  auto& c = table_.of(to);
  if (enqueue(c, std::move(frame)) == enqueue_status::must_close)
    begin_closing(c, close_reason::slow_consumer);
}

enqueue_status socket_worker::enqueue(connection& c, protocol::encoded_frame_ptr frame) {
  if (c.at != connection::phase::open)
    return enqueue_status::queued; // the session is over: nobody waits for it
  if (!c.out)
    c.out = std::make_unique<outbox>();
  if (c.out->enqueue(std::move(frame), config_.outbox) == enqueue_status::must_close) {
    c.out->drop_unsent();
    return enqueue_status::must_close;
  }
  mark_dirty(c);
  return enqueue_status::queued;
}

void socket_worker::mark_dirty(connection& c) {
  if (c.is_dirty)
    return;
  c.is_dirty = true;
  dirty_.push_back(c.session.id.slot);
}

void socket_worker::end_turn() {
  // Flushing may lose connections and so make others dirty; they are appended and flushed as well.
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    auto& c = table_.at(dirty_[i]);
    if (!c.is_dirty)
      continue;
    c.is_dirty = false;
    if ((c.epoll_events & EPOLLOUT) == 0) // else the socket is full; epoll says when to go on
      flush(c);
  }
  dirty_.clear();
}

void socket_worker::flush(connection& c) {
  iovec parts[frames_per_send];
  while (c.out && !c.out->is_empty()) {
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = c.out->gather(parts);
    const auto sent = ::sendmsg(c.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR)
        continue;
      if (errno != EAGAIN) {
        release(c, c.at == connection::phase::closing ? c.ending : close_reason::client_gone);
        return;
      }
      set_interest(c, c.epoll_events | EPOLLOUT);
      if (c.stalled_since == 0) {
        c.stalled_since = now_ticks();
        schedule_check(c);
      }
      return;
    }
    c.out->sent(static_cast<std::size_t>(sent));
    c.stalled_since = 0;
  }
  c.out.reset();
  set_interest(c, c.epoll_events & ~std::uint32_t{EPOLLOUT});
  if (c.at == connection::phase::closing)
    ::shutdown(c.fd, SHUT_WR); // the peer answers with its own end, or the closing deadline does
}

} // namespace lintel::gateway
