// The way in: bytes → frames → Phoenix messages → the connection actor's mailbox.

#include "actors/messages.hpp"
#include "actors/replies.hpp"
#include "gateway/deadlines.hpp"
#include "gateway/socket_worker.hpp"
#include "protocol/encoder.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace lintel::gateway {

using actors::counter;
using protocol::close_reason;
using protocol::frame_item;

namespace {

constexpr std::size_t receive_bytes_max = 64 * 1024;

// Answers that wait for the peer to read them, beyond which we do not listen to it. Far below the budget of the
// outbox: that is for what others say.
constexpr std::size_t backlog_bytes = 64 * 1024;

} // namespace

// One recv per readiness: less than a full buffer means that the socket is empty, and a full one will be
// reported again.
void socket_worker::readable(connection& c) {
  if (c.at == connection::phase::asking || c.at == connection::phase::answering) {
    readable_too_early(c);
    return;
  }
  const auto count = ::recv(c.fd, receive_buffer_.get(), receive_bytes_max, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (count <= 0) {
    release(c, c.at == connection::phase::closing ? c.ending : close_reason::client_gone);
    return;
  }
  c.last_received = now_ticks();
  if (c.at == connection::phase::closing)
    return; // RFC 6455 5.5.1: what follows our close frame is read and thrown away, until TCP ends
  std::span<char> bytes{receive_buffer_.get(), static_cast<std::size_t>(count)};
  if (!c.unread) {
    take_bytes(c, bytes);
    return;
  }
  c.unread->append(bytes.data(), bytes.size());
  take_unread(c);
}

void socket_worker::take_unread(connection& c) {
  auto whole = std::exchange(c.unread, nullptr);
  const std::span<char> bytes{*whole};
  take_bytes(c, bytes, std::move(whole));
}

bool socket_worker::has_backlog(const connection& c) const noexcept { return c.out && c.out->bytes() > backlog_bytes; }

void socket_worker::resume_reading(actors::session& which) {
  auto& c = table_.of(which);
  if (c.at != connection::phase::open || has_backlog(c))
    return; // drained() comes back to it
  which.is_reading_paused = false;
  set_interest(c, c.epoll_events | EPOLLIN);
  if (c.unread)
    take_unread(c);
}

// `held`, if it is there, has the bytes: where nothing can be done with them yet, it is kept as it is, for the body of
// a request may be large and come in many parts.
void socket_worker::take_bytes(connection& c, std::span<char> bytes, std::unique_ptr<std::string> held) {
  const bool is_new_request = is_between_requests(c) && !held;
  if (c.at == connection::phase::handshaking)
    take_http(c, bytes);
  take_frames(c, bytes);
  if (c.at == connection::phase::closing || c.is_said_goodbye)
    return;
  if (held && bytes.size() == held->size())
    c.unread = std::move(held);
  else if (!bytes.empty())
    c.unread = std::make_unique<std::string>(bytes.data(), bytes.size());
  if (is_new_request && c.at == connection::phase::handshaking) {
    c.phase_since = now_ticks(); // of its first byte
    schedule_check(c);
  }
  watch_assembly(c);
}

void socket_worker::watch_assembly(connection& c) {
  const bool is_incomplete =
      c.at == connection::phase::open && !c.session.is_reading_paused && (c.unread || c.reader.is_assembling());
  if (!is_incomplete) {
    c.assembling_since = 0;
  } else if (c.assembling_since == 0) {
    c.assembling_since = now_ticks();
    schedule_check(c);
  }
}

void socket_worker::take_frames(connection& c, std::span<char>& bytes) {
  while (c.at == connection::phase::open && !c.session.is_reading_paused && !c.is_said_goodbye) {
    const auto item = c.reader.next(bytes, config_.messages);
    if (item.what == frame_item::kind::need_more)
      return;
    take_frame(c, item, bytes.empty());
  }
}

void socket_worker::take_frame(connection& c, const frame_item& item, bool is_last) {
  switch (item.what) {
  case frame_item::kind::message: take_message(c, item, is_last); break;
  case frame_item::kind::ping: send(c.session, protocol::encode_pong(item.payload)); break;
  case frame_item::kind::failed: begin_closing(c, item.reason); break;
  case frame_item::kind::close:
    c.is_said_goodbye = true;
    c.actor->post(std::make_unique<actors::client_closes>(item.close_code));
    break;
  case frame_item::kind::pong:
  case frame_item::kind::need_more: break;
  }
}

void socket_worker::take_message(connection& c, const frame_item& item, bool is_last) {
  c.assembling_since = 0; // what follows is another message's time
  auto& counters = actors::worker::current()->counters();
  counters.add(counter::messages_in);
  const auto read = item.code == protocol::opcode::text ? decoder_.decode_text(item.payload, c.session.wire)
                                                        : decoder_.decode_binary(item.payload);
  if (read.is_msgpack)
    c.session.wire = protocol::wire_format::msgpack;
  if (read.error != protocol::decode_errc::ok) {
    counters.add(counter::messages_refused);
    if (read.is_answerable())
      send(c.session, actors::error_reply(c.session.wire, read.message, protocol::describe(read.error)));
    else
      begin_closing(c, protocol::close_reason_of(read.error));
    return;
  }
  if (c.is_tapped)
    taps_.note_in(c.session.id.slot, read.message, item.payload.size());
  if (is_last && answer_heartbeat(c, read.message))
    return;
  c.actor->post(std::make_unique<actors::client_request>(c.session.id, protocol::message::copy_of(read.message)));
  if (c.actor->mailbox_length() < config_.connections.inbound_window && !has_backlog(c))
    return;
  // The client is ahead of its actor, or asks faster than it reads the answers: TCP pushes back from here on.
  c.session.is_reading_paused = true;
  set_interest(c, c.epoll_events & ~std::uint32_t{EPOLLIN});
}

// A million idle clients say nothing else. Where nothing is in front of it, on the way in or out, and nothing behind
// it, the answer goes out on the spot: no letter, no frame, no allocation. Everything else takes the long way, through
// the actor, where a client that floods us meets its window, and where whoever watches it sees the answer.
bool socket_worker::answer_heartbeat(connection& c, const protocol::message_view& message) {
  if (message.event != "heartbeat" || message.topic != "phoenix" || message.ref.is_null())
    return false;
  if (c.out || c.is_tapped || c.actor->mailbox_length() > 0 || c.actor->status() != actors::process_status::running)
    return false;
  const auto frame = protocol::encode_heartbeat_reply(c.session.wire, message.ref);
  const auto sent = ::send(c.fd, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent <= 0)
    return false;
  if (const auto taken = static_cast<std::size_t>(sent); taken < frame.size()) {
    c.out = std::make_unique<outbox>();
    enqueue_last(c, actors::ok_reply(c.session.wire, {.ref = message.ref, .topic = message.topic}));
    take_off(c, taken);
  }
  return true;
}

} // namespace lintel::gateway
