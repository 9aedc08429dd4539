// HTTP on a socket: the upgrade, pages, and requests of the API, whose answers may come later and from other threads.

#include "gateway/deadlines.hpp"
#include "gateway/peer_address.hpp"
#include "gateway/socket_worker.hpp"

#include <fmt/format.h>

namespace lintel::gateway {

using actors::counter;
using protocol::close_reason;

namespace {

http_page contested() {
  return {.status = 429,
          .body = "this sid is taken over again and again: do two clients share it, a tab and its copy?\n",
          .headers = fmt::format("Retry-After: {}\r\n", session_directory::window.count())};
}

} // namespace

void socket_worker::take_http(connection& c, std::span<char>& bytes) {
  auto outcome = take_http_request({bytes.data(), bytes.size()}, routes_);
  bytes = bytes.subspan(outcome.consumed);
  switch (outcome.what) {
  case http_outcome::kind::need_more: break;
  case http_outcome::kind::go_ahead: enqueue_text(c, outcome.response); break;
  case http_outcome::kind::upgraded:
    if (!outcome.sid.empty() && !sessions_.may_claim(outcome.sid, now_)) {
      actors::worker::current()->counters().add(counter::sessions_contested);
      enqueue_text(c, response_text(contested(), connection_use::close));
      end_http(c);
      break;
    }
    // With everybody's at the end of the turn: sent one by one, each answer would wake its reader, which costs more.
    open(c, outcome);
    enqueue_text(c, outcome.response);
    break;
  case http_outcome::kind::respond:
    enqueue_text(c, outcome.response);
    end_http(c);
    break;
  case http_outcome::kind::asked: ask(c, outcome); break;
  }
}

void socket_worker::enqueue_text(connection& c, std::string_view text) {
  if (!c.out)
    c.out = std::make_unique<outbox>();
  enqueue_last(c, protocol::encoded_frame::of_bytes(text));
}

void socket_worker::ask(connection& c, http_outcome& outcome) {
  c.at = connection::phase::asking;
  c.phase_since = now_ticks();
  c.is_kept_alive = outcome.keeps_alive;
  c.is_head = outcome.is_head;
  schedule_check(c);
  actors::worker::current()->counters().add(counter::api_requests);
  outcome.api->from = c.session.id;
  outcome.api->peer = peer_address(c.fd);
  if (const auto page = routes_.api(std::move(*outcome.api)))
    answer(c, *page);
}

void socket_worker::answer(const actors::connection_id& who, const http_page& page) {
  if (auto* c = table_.find(who); c != nullptr && c->at == connection::phase::asking)
    answer(*c, page);
}

void socket_worker::answer(connection& c, const http_page& page) {
  auto text = response_text(page, c.is_kept_alive ? connection_use::keep_alive : connection_use::close);
  if (c.is_head)
    cut_body(text);
  c.at = connection::phase::answering;
  c.phase_since = now_ticks();
  enqueue_text(c, text);
  if (c.is_kept_alive)
    schedule_check(c);
  else
    end_http(c);
}

void socket_worker::answer_last(connection& c, const http_page& page) {
  c.is_kept_alive = false; // what is said too late finds nobody who asks
  answer(c, page);
}

void socket_worker::answer_too_late(connection& c) {
  actors::worker::current()->counters().add(counter::api_timeouts);
  answer_last(c, api_error(504, "timeout", "no answer in time; what was asked for may be done all the same"));
}

// As soon as what is queued is sent, and the peer has ended its side.
void socket_worker::end_http(connection& c) {
  c.at = connection::phase::closing;
  c.ending = close_reason::served;
  c.phase_since = now_ticks();
  c.unread.reset();
  set_interest(c, c.epoll_events | EPOLLIN); // to see the peer go
  schedule_check(c);
}

void socket_worker::stop_http(connection& c) {
  if (c.at == connection::phase::handshaking)
    release(c, close_reason::served);
  else if (c.at == connection::phase::asking)
    answer_last(c, api_error(503, "unavailable", "the server stops"));
  else if (c.at == connection::phase::answering)
    end_http(c);
}

// The answer is sent. What came in meanwhile is looked at outside of the batch of sends that we are called from.
void socket_worker::await_next_request(connection& c) {
  c.at = connection::phase::handshaking;
  c.phase_since = now_ticks();
  set_interest(c, EPOLLIN);
  schedule_check(c);
  if (c.unread)
    reopening_.push_back(key_of(c));
}

// Before the answer is out, what comes is the next request or the end: both can wait, so that a client which has ended
// its side still gets its answer. Not waiting for input and told of some all the same: the peer is gone.
void socket_worker::readable_too_early(connection& c) {
  if ((c.epoll_events & EPOLLIN) == 0)
    release(c, close_reason::client_gone);
  else
    set_interest(c, c.epoll_events & ~std::uint32_t{EPOLLIN});
}

} // namespace lintel::gateway
