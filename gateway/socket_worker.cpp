#include "gateway/socket_worker.hpp"

#include "actors/spawn_process.hpp"
#include "base/ensure.hpp"
#include "gateway/close_counters.hpp"
#include "gateway/deadlines.hpp"
#include "gateway/descriptor_table.hpp"
#include "gateway/listener.hpp"
#include "gateway/peer_address.hpp"
#include "protocol/encoder.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace lintel::gateway {

using actors::counter;
using protocol::close_reason;

namespace {

constexpr std::size_t receive_buffer_bytes = 64 * 1024;

// Quarter seconds are exact enough for deadlines of seconds, and an idle worker wakes at most four times a second,
// only for buckets that hold something. 512 of them reach past the idle timeout, so an entry is visited once.
constexpr auto tick = std::chrono::milliseconds{250};
constexpr std::size_t tick_buckets = 512;

// The peer reads a reset, and the kernel keeps nothing of the socket: for those who had their time.
void reset_on_close(int fd) {
  const linger hard{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

// A ring belongs to the thread that made it, and a worker changes its thread when a handler takes long.
batch_sender& sender_of_this_thread(io_path path) {
  static thread_local std::unique_ptr<batch_sender> sender;
  if (!sender && path != io_path::plain)
    sender = make_uring_sender();
  if (!sender)
    sender = make_plain_sender();
  return *sender;
}

} // namespace

socket_worker::socket_worker(std::uint16_t index, const gateway_config& config, const http_routes& routes,
                             admission& door, session_directory& sessions)
    : config_(config), routes_(routes), door_(door), sessions_(sessions), table_(index), membership_(table_),
      taps_(config.messages), decoder_(config.messages),
      receive_buffer_(std::make_unique<char[]>(receive_buffer_bytes)), started_(clock::now() - tick),
      now_(clock::now()), checks_(tick, tick_buckets, started_) {}

socket_worker::~socket_worker() {
  // Elsewhere than in finish() their numbers may mean other files.
  base::ensure(table_.in_use() == 0, "finish() closes the sockets that are left, on their worker");
}

void socket_worker::attach(caf::actor_system& system, actors::connection_services services) {
  system_ = &system;
  services_.push_back(std::make_unique<actors::connection_services>(std::move(services)));
}

void socket_worker::start() {
  now_ = clock::now();
  // What is opened from here on means something on this thread only, and no other ever runs us. Epoll, eventfd and the
  // listening socket were opened before, so their numbers mean the same everywhere.
  if (config_.has_own_descriptor_tables)
    base::ensure(leave_shared_descriptor_table(), "the server has tried this before it started");
  sender_ = &sender_of_this_thread(config_.io);
}

// The actors are gone, and with them everybody who could want to know.
void socket_worker::finish() noexcept {
  table_.for_each([this](connection& c) {
    ::close(c.fd);
    table_.give_back(c);
    door_.leave();
  });
}

quarter_ticks socket_worker::now_ticks() const noexcept { return static_cast<quarter_ticks>((now_ - started_) / tick); }

bool socket_worker::poll(std::optional<clock::time_point> until) {
  if (auto due = checks_.next_due(); due && (!until || *due < *until))
    until = due;
  const auto events = poller_.wait(until);
  now_ = clock::now();
  for (const auto& event : events) {
    const auto key = poll_key::unpack(event.data.u64);
    if (key.generation == listener_generation) {
      if (listener_ != nullptr)
        listener_->socket_ready();
      continue;
    }
    auto* c = table_.find(key.slot, key.generation);
    if (c != nullptr && (event.events & EPOLLOUT) != 0)
      flush(*c);
    c = table_.find(key.slot, key.generation);
    if (c != nullptr && (event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0)
      readable(*c);
  }
  checks_.advance(now_, [this](poll_key key) {
    auto* c = table_.find(key.slot, key.generation);
    if (c != nullptr && c->next_check <= now_ticks()) // else a later entry replaced this one
      check_deadline(*c);
  });
  return !events.empty();
}

bool socket_worker::watch(int listening_fd, listener& owner) {
  if (is_draining_)
    return true; // nobody comes in any more
  if (!poller_.add(listening_fd, EPOLLIN, {0, listener_generation}))
    return false;
  listener_ = &owner;
  return true;
}

void socket_worker::unwatch(int listening_fd) {
  poller_.remove(listening_fd);
  listener_ = nullptr;
}

socket_worker::adopted socket_worker::adopt(int fd) {
  if (!door_.enter()) {
    ::close(fd);
    return adopted::too_many;
  }
  auto& c = table_.take();
  c.fd = fd;
  c.at = connection::phase::handshaking;
  c.last_received = c.phase_since = now_ticks();
  c.epoll_events = EPOLLIN;
  if (!poller_.add(fd, EPOLLIN, key_of(c))) {
    release(c, close_reason::handshake_failed);
    return adopted::exhausted;
  }
  schedule_check(c);
  // The listener defers accepting until there is something to read: most requests are here already.
  readable(c);
  return adopted::yes;
}

void socket_worker::open(connection& c, const http_outcome& upgraded) {
  base::ensure(!services_.empty(), "attach() comes before the first connection");
  c.at = connection::phase::open;
  c.phase_since = now_ticks();
  c.session.wire = upgraded.wire;
  c.session.may = upgraded.may;
  if (!upgraded.sid.empty() || !upgraded.user.empty() || upgraded.may != actors::role::none)
    remember(c, upgraded);
  c.actor = actors::spawn_process<actors::connection_actor>(*system_, c.session, *services_.back());
  actors::worker::current()->counters().add(counter::connections_opened);
  schedule_check(c); // the idle timeout may come before the handshake's
}

// A session has one socket: a client that comes back is faster than we notice that it was gone.
void socket_worker::remember(connection& c, const http_outcome& upgraded) {
  c.session.has_identity = true;
  identities_[c.session.id.slot] = std::make_shared<const actors::client_identity>(actors::client_identity{
      upgraded.sid, upgraded.user, upgraded.may == actors::role::none ? std::string{} : peer_address(c.fd)});
  if (upgraded.sid.empty())
    return;
  if (const auto former = sessions_.claim(upgraded.sid, c.session.id, now_))
    services_.back()->book.courier(former->worker).post(std::make_unique<actors::session_moved>(*former));
}

actors::client_identity_ptr socket_worker::identity_of(const actors::session& which) const {
  const auto found = identities_.find(which.id.slot);
  return found == identities_.end() ? nullptr : found->second;
}

void socket_worker::answer_close(actors::session& which, std::uint16_t code) {
  if (auto* c = table_.find(which.id))
    begin_closing(*c, close_reason::client_closed, protocol::encode_close(code, {}));
}

void socket_worker::close(actors::session& which, close_reason reason) {
  if (auto* c = table_.find(which.id))
    begin_closing(*c, reason);
}

// From here on nobody hears the rooms or hears from the client; the socket stays until the peer has seen why.
void socket_worker::begin_closing(connection& c, close_reason reason, protocol::encoded_frame_ptr last) {
  if (c.at != connection::phase::open) {
    stop_http(c);
    return;
  }
  end_session(c);
  c.at = connection::phase::closing;
  c.ending = reason;
  c.phase_since = now_ticks();
  c.unread.reset();
  c.session.is_reading_paused = false;
  count_closed(reason);
  const auto& row = protocol::row_of(reason);
  if (!last && row.code != 0)
    last = protocol::encode_close(row.code, row.text);
  if (!c.out)
    c.out = std::make_unique<outbox>();
  if (last)
    enqueue_last(c, std::move(last));
  set_interest(c, c.epoll_events | EPOLLIN); // to see the peer go
  mark_dirty(c);
  schedule_check(c);
}

void socket_worker::end_session(connection& c) {
  membership_.leave_all(c);
  if (c.actor) {
    c.actor->socket_closed();
    c.actor.reset();
  }
  if (!c.session.has_identity)
    return;
  c.session.has_identity = false;
  const auto found = identities_.find(c.session.id.slot);
  sessions_.release(found->second->sid, c.session.id);
  identities_.erase(found);
}

void socket_worker::release(connection& c, close_reason reason) {
  auto& counters = actors::worker::current()->counters();
  if (c.at == connection::phase::open)
    count_closed(reason);
  const bool was_upgraded =
      c.at == connection::phase::open || (c.at == connection::phase::closing && c.ending != close_reason::served);
  if (was_upgraded)
    counters.add(counter::connections_closed);
  end_session(c);
  tap(c, false);
  if (c.out)
    counters.add(counter::outbox_bytes_dropped, c.out->bytes());
  ::close(c.fd); // leaves the epoll by itself
  table_.give_back(c);
  door_.leave();
  if (when_gone_ && table_.in_use() == 0)
    std::exchange(when_gone_, nullptr)();
}

void socket_worker::tap(connection& c, bool wanted) {
  if (std::exchange(c.is_tapped, wanted) == wanted)
    return;
  if (wanted)
    taps_.open(c.session.id.slot);
  else
    taps_.close(c.session.id.slot);
}

void socket_worker::close_all(std::function<void()> when_gone) {
  when_gone_ = std::move(when_gone);
  table_.for_each([this](connection& c) { close(c.session, close_reason::shutting_down); });
  if (when_gone_ && table_.in_use() == 0)
    std::exchange(when_gone_, nullptr)();
}

void socket_worker::check_deadline(connection& c) {
  const auto due = next_deadline(c, config_.deadlines);
  c.next_check = 0;
  if (due.at > now_ticks()) {
    schedule_check(c);
    return;
  }
  if (c.at == connection::phase::open) {
    if (due.reason == close_reason::slow_consumer && c.out)
      drop_unsent(c);
    close(c.session, due.reason);
    return;
  }
  if (c.at == connection::phase::asking) {
    answer_too_late(c);
    return;
  }
  if (!is_between_requests(c))
    reset_on_close(c.fd);
  release(c, due.reason);
}

// The wheel has no cancel: an entry that is early finds nothing to do, one that would be late is armed again.
void socket_worker::schedule_check(connection& c) {
  const auto due = next_deadline(c, config_.deadlines).at;
  if (c.next_check != 0 && c.next_check <= due)
    return;
  c.next_check = due;
  checks_.arm(started_ + tick * due, key_of(c));
}

void socket_worker::set_interest(connection& c, std::uint32_t events) {
  if (c.epoll_events == events)
    return;
  c.epoll_events = static_cast<std::uint8_t>(events);
  poller_.modify(c.fd, events, key_of(c));
}

} // namespace lintel::gateway
