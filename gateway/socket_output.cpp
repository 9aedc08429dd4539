// The way out: frames → outbox → one send per socket at the end of the turn.

#include "gateway/socket_worker.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace lintel::gateway {

using actors::counter;
using protocol::close_reason;

namespace {

constexpr std::size_t sends_per_turn = 256; // about a millisecond

} // namespace

void socket_worker::send(actors::session& to, protocol::encoded_frame_ptr frame) {
  auto& c = table_.of(to);
  if (enqueue(c, frame) == enqueue_status::must_close)
    begin_closing(c, close_reason::slow_consumer);
}

enqueue_status socket_worker::enqueue(connection& c, const protocol::encoded_frame_ptr& frame,
                                      actors::room_delivery::loss allowed) {
  using loss = actors::room_delivery::loss;
  if (c.at != connection::phase::open)
    return enqueue_status::dropped; // the session is over: nobody waits for it
  if (allowed == loss::early && c.out && c.out->bytes() > config_.outbox.bytes_max / 2) {
    actors::worker::current()->counters().add(counter::dropped_deliveries);
    return enqueue_status::dropped;
  }
  if (!c.out)
    c.out = std::make_unique<outbox>();
  auto outcome = c.out->enqueue(frame, config_.outbox);
  if (outcome == enqueue_status::must_close && make_room(c)) // the turn was long, not the peer slow
    outcome = c.out->enqueue(frame, config_.outbox);
  if (outcome == enqueue_status::must_close && allowed != loss::never) {
    actors::worker::current()->counters().add(counter::dropped_deliveries);
    return enqueue_status::dropped;
  }
  if (outcome == enqueue_status::must_close) {
    drop_unsent(c);
    return outcome;
  }
  actors::worker::current()->counters().add(counter::outbox_bytes_queued, frame->size());
  if (c.is_tapped)
    taps_.note_out(c.session.id.slot, *frame, c.session.wire);
  mark_dirty(c);
  return outcome;
}

// Past every limit: into an outbox that was empty, or as the last thing of all.
void socket_worker::enqueue_last(connection& c, protocol::encoded_frame_ptr frame) {
  actors::worker::current()->counters().add(counter::outbox_bytes_queued, frame->size());
  c.out->enqueue_last(std::move(frame));
  mark_dirty(c);
}

// Sends at once what is queued. Never releases the connection: whoever enqueues may be walking through members.
bool socket_worker::make_room(connection& c) {
  if ((c.epoll_events & EPOLLOUT) != 0)
    return false; // the socket is full, as epoll said
  bool is_taken = false;
  connection* one = &c;
  sender_->send({&one, 1}, [&](connection& same, ssize_t sent) {
    is_taken = sent > 0;
    if (is_taken)
      take_off(same, static_cast<std::size_t>(sent));
  });
  return is_taken;
}

bool socket_worker::make_room_for(connection& c, std::size_t bytes) {
  const auto fits = [&] { return (c.out ? c.out->bytes() : 0) + bytes <= config_.outbox.bytes_max; };
  return fits() || (c.out && make_room(c) && fits());
}

std::size_t socket_worker::take_off(connection& c, std::size_t bytes) {
  actors::worker::current()->counters().add(counter::outbox_bytes_sent, bytes);
  return c.out->sent(bytes);
}

// What was not begun: a frame that is half sent must be finished.
void socket_worker::drop_unsent(connection& c) {
  const auto before = c.out->bytes();
  c.out->drop_unsent();
  actors::worker::current()->counters().add(counter::outbox_bytes_dropped, before - c.out->bytes());
}

void socket_worker::mark_dirty(connection& c) {
  if (c.is_dirty)
    return;
  c.is_dirty = true;
  dirty_.push_back(c.session.id.slot);
}

// A part at a time: 10,000 sends take 30 ms, too long for those who have something to say meanwhile. What they say
// joins the output of everybody whose turn is still to come, so a busy room costs less than a send per message.
void socket_worker::end_turn() {
  ready_.clear();
  for (std::size_t taken = 0; taken < sends_per_turn && !dirty_.empty(); ++taken) {
    auto& c = table_.at(dirty_.front());
    dirty_.pop_front();
    if (!std::exchange(c.is_dirty, false))
      continue;
    if ((c.epoll_events & EPOLLOUT) != 0)
      continue; // the socket is full; epoll says when to go on
    if (c.out && !c.out->is_empty())
      ready_.push_back(&c);
    else
      drained(c);
  }
  sender_->send(ready_, [this](connection& c, ssize_t sent) { output_taken(c, sent); });
  reopen_windows();
}

void socket_worker::flush(connection& c) {
  if (!c.out || c.out->is_empty()) {
    drained(c);
    return;
  }
  connection* one = &c;
  sender_->send({&one, 1}, [this](connection& same, ssize_t sent) { output_taken(same, sent); });
  reopen_windows();
}

void socket_worker::output_taken(connection& c, ssize_t sent) {
  if (sent < 0 && sent != -EAGAIN) {
    release(c, c.at == connection::phase::closing ? c.ending : close_reason::client_gone);
    return;
  }
  std::size_t frames_sent = 0;
  if (sent > 0) {
    frames_sent = take_off(c, static_cast<std::size_t>(sent));
    c.stalled_since = 0;
  }
  if (c.out->is_empty()) {
    drained(c);
    return;
  }
  if (frames_sent == batch_sender::frames_per_send) { // all that was offered: the socket may take more
    mark_dirty(c);
    return;
  }
  set_interest(c, c.epoll_events | EPOLLOUT);
  if (c.stalled_since == 0) {
    c.stalled_since = now_ticks();
    schedule_check(c);
  }
}

// Outside of a batch: what is read now may want to be sent at once.
void socket_worker::reopen_windows() {
  while (!reopening_.empty()) {
    const auto key = reopening_.back();
    reopening_.pop_back();
    auto* c = table_.find(key.slot, key.generation);
    if (c == nullptr)
      continue;
    if (c->at == connection::phase::handshaking && c->unread)
      take_unread(*c);
    else if (c->session.is_reading_paused && c->actor &&
             c->actor->mailbox_length() <= config_.connections.inbound_window / 2)
      resume_reading(c->session);
  }
}

void socket_worker::drained(connection& c) {
  c.out.reset();
  if (c.at == connection::phase::answering) {
    await_next_request(c);
    return;
  }
  if (c.session.is_reading_paused)
    reopening_.push_back(key_of(c));
  set_interest(c, c.epoll_events & ~std::uint32_t{EPOLLOUT});
  if (c.at == connection::phase::closing)
    ::shutdown(c.fd, SHUT_WR); // the peer answers with its own end, or the closing deadline does
}

} // namespace lintel::gateway
