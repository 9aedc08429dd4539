#include "loadgen/client_connection.hpp"

#include "loadgen/frame_codec.hpp"
#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace lintel::loadgen {

namespace {

using protocol::opcode;

constexpr std::uint16_t closed_without_frame = 1006;
constexpr std::uint32_t join_ref = 1;

std::string reason_of(int error) {
  if (error == EMFILE)
    return "out of file descriptors; use more --threads";
  return std::strerror(error);
}

} // namespace

void client_connection::open(std::uint32_t member, std::uint32_t number, std::uint32_t room,
                             client_context& context) {
  member_ = member;
  number_ = number;
  room_ = room;
  opened_ = clock::now();
  phase_ = phase::connecting;
  if (const int error = socket_.open(context.target, context.sources.of(number)); error != 0)
    end(closed_without_frame, reason_of(error), context);
}

void client_connection::ready(std::uint32_t events, client_context& context) {
  if (phase_ == phase::connecting) {
    if (const int error = socket_.connect_error(); error != 0)
      return end(closed_without_frame, reason_of(error), context);
    phase_ = phase::upgrading;
    if (!socket_.write(context.request))
      return end(closed_without_frame, "the connection broke during the upgrade", context);
  }
  if ((events & EPOLLOUT) != 0 && !socket_.flush())
    return end(closed_without_frame, "the connection broke", context);
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    read_all((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0, context);
}

void client_connection::read_all(bool is_hung_up, client_context& context) {
  while (socket_.is_open()) {
    const auto [size, is_ended] = socket_.read(context.input);
    std::string_view input{context.input.data(), size};
    const bool was_waiting = !unread_.empty();
    if (was_waiting) {
      unread_.append(input);
      input = unread_;
    }
    if (size > 0) {
      if (phase_ != phase::upgrading || take_upgrade(input, context))
        take_frames(input, context);
      // `input` may view unread_, so build the rest before letting go of it.
      unread_ = std::string{input};
    }
    if (is_ended)
      return end(closed_without_frame, "the server closed the connection", context);
    // Edge-triggered: a full buffer may have left something behind, and after a hang-up the end of
    // the stream stands behind the last bytes. Otherwise a short read has emptied the socket.
    const bool is_emptied = size == 0 || (size < context.input.size() && !is_hung_up);
    if (is_emptied)
      return;
  }
}

bool client_connection::take_upgrade(std::string_view& input, client_context& context) {
  const upgrade_result result = read_upgrade(input);
  if (result.status == upgrade_status::need_more)
    return false;
  if (result.status == upgrade_status::refused) {
    end(closed_without_frame, result.problem, context);
    return false;
  }
  input.remove_prefix(result.size);
  phase_ = phase::joining;
  context.text.clear();
  fmt::format_to(std::back_inserter(context.text), R"(["1","1","{}","phx_join",{{}}])",
                 context.topics[room_]);
  send_message(context);
  return socket_.is_open();
}

void client_connection::take_frames(std::string_view& input, client_context& context) {
  server_frame frame;
  while (socket_.is_open()) {
    const take_status status = take_frame(input, frame);
    if (status == take_status::need_more)
      return;
    const bool is_whole_text = frame.is_final && frame.code != opcode::continuation;
    if (status == take_status::broken || !is_whole_text) {
      context.observer.surprised(surprise::broken_frame, fmt::format("connection {}", number_));
      return end(closed_without_frame, "the server sent a broken frame", context);
    }
    switch (frame.code) {
    case opcode::text:
      take_message(frame.payload, context);
      break;
    case opcode::ping:
      send_frame(opcode::pong, frame.payload, context);
      break;
    case opcode::close:
      if (phase_ != phase::leaving)
        send_frame(opcode::close, frame.payload.substr(0, 2), context);
      return end(close_code_of(frame.payload), "the server closed the connection", context);
    case opcode::pong:
      break;
    case opcode::binary:
    case opcode::continuation:
      context.observer.surprised(surprise::unreadable_message, "a binary message");
    }
  }
}

void client_connection::take_message(std::string_view text, client_context& context) {
  envelope found;
  if (!scan_envelope(text, found))
    return context.observer.surprised(surprise::unreadable_message, text);
  if (found.event == context.event)
    return take_delivery(found, text, context);
  if (found.event == "phx_reply")
    return take_reply(found, text, context);
  context.observer.surprised(surprise::unexpected_event, text);
}

void client_connection::take_delivery(const envelope& found, std::string_view text,
                                      client_context& context) {
  message_stamp stamp;
  const bool is_of_hall = is_in_hall_ && found.topic == context.hall;
  if (found.topic != context.topics[room_] && !is_of_hall)
    return context.observer.surprised(surprise::foreign_topic, text);
  // A join is answered before anything else of its channel arrives (Phoenix's ordering guarantee).
  if (phase_ == phase::joining || found.ref)
    return context.observer.surprised(surprise::unexpected_event, text);
  if (!read_payload(found.payload, stamp))
    return context.observer.surprised(surprise::unreadable_message, text);
  if (is_of_hall)
    return context.observer.heard_in_hall(member_, stamp, clock::now());
  context.observer.delivered(member_, stamp, clock::now());
}

void client_connection::take_reply(const envelope& found, std::string_view text,
                                   client_context& context) {
  const auto ref = found.ref ? number_of(*found.ref) : std::nullopt;
  const reply_status status = status_of(found.payload);
  if (!ref || *ref >= next_ref_ || status == reply_status::unreadable)
    return context.observer.surprised(surprise::unknown_reply, text);
  if (*ref == join_ref && phase_ == phase::joining)
    return take_join_reply(status, text, context);
  if (*ref == heartbeat_ref_) {
    heartbeat_ref_ = 0;
    if (status != reply_status::ok || found.topic != "phoenix")
      return context.observer.surprised(surprise::refused_heartbeat, text);
    ++context.heartbeats_answered;
    return;
  }
  if (*ref == hall_ref_)
    return take_hall_reply(status, text, context);
  take_push_reply(*ref, status, text, context);
}

void client_connection::take_join_reply(reply_status status, std::string_view text,
                                        client_context& context) {
  if (status != reply_status::ok)
    return end(closed_without_frame, text, context);
  phase_ = phase::joined;
  context.observer.joined(member_, clock::now() - opened_);
}

void client_connection::take_hall_reply(reply_status status, std::string_view text,
                                        client_context& context) {
  const bool is_join = hall_ref_ == hall_join_ref_;
  hall_ref_ = 0;
  if (status != reply_status::ok)
    return context.observer.surprised(surprise::refused_in_hall, text);
  if (!is_join)
    return;
  is_in_hall_ = true;
  context.observer.entered_hall(member_);
}

void client_connection::take_push_reply(std::uint32_t ref, reply_status status,
                                        std::string_view text, client_context& context) {
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [ref](const pending_push& each) { return each.ref == ref; });
  if (found == pending_.end())
    return context.observer.surprised(surprise::repeated_reply, text);
  const pending_push push = *found;
  pending_.erase(found); // first: the observer may push again
  context.observer.answered(member_, push, status, clock::now());
}

void client_connection::push(pending_push push, std::string_view event, std::string_view payload,
                             client_context& context) {
  if (phase_ != phase::joined)
    return; // stays unanswered, and the report says so beside the close that caused it
  push.ref = next_ref_++;
  pending_.push_back(push);
  context.text.clear();
  fmt::format_to(std::back_inserter(context.text), R"(["1","{}","{}","{}",{}])", push.ref,
                 context.topics[room_], event, payload);
  send_message(context);
}

void client_connection::heartbeat(client_context& context) {
  if (phase_ != phase::joined)
    return;
  if (heartbeat_ref_ != 0)
    context.observer.surprised(surprise::unanswered_heartbeat,
                               fmt::format("connection {}", number_));
  heartbeat_ref_ = next_ref_++;
  context.text.clear();
  fmt::format_to(std::back_inserter(context.text), R"([null,"{}","phoenix","heartbeat",{{}}])",
                 heartbeat_ref_);
  send_message(context);
}

void client_connection::enter_hall(client_context& context) {
  if (phase_ != phase::joined || hall_join_ref_ != 0)
    return;
  hall_join_ref_ = hall_ref_ = next_ref_++;
  context.text.clear();
  fmt::format_to(std::back_inserter(context.text), R"(["{0}","{0}","{1}","phx_join",{{}}])",
                 hall_ref_, context.hall);
  send_message(context);
}

void client_connection::push_to_hall(std::string_view payload, client_context& context) {
  if (phase_ != phase::joined || !is_in_hall_ || hall_ref_ != 0)
    return; // nobody will hear it, and the report says so
  hall_ref_ = next_ref_++;
  context.text.clear();
  fmt::format_to(std::back_inserter(context.text), R"(["{}","{}","{}","{}",{}])", hall_join_ref_,
                 hall_ref_, context.hall, context.event, payload);
  send_message(context);
}

void client_connection::leave(client_context& context) {
  if (phase_ != phase::joined)
    return;
  phase_ = phase::leaving;
  send_frame(opcode::close, "\x03\xe8", context); // 1000, big endian
}

void client_connection::abandon(std::string_view why, client_context& context) {
  if (is_opening() || phase_ == phase::leaving)
    end(closed_without_frame, why, context);
}

void client_connection::send_message(client_context& context) {
  send_frame(opcode::text, context.text, context);
}

void client_connection::send_frame(opcode code, std::string_view payload, client_context& context) {
  context.frame.clear();
  append_client_frame(context.frame, code, payload);
  if (!socket_.write(context.frame))
    end(closed_without_frame, "the connection broke", context);
}

void client_connection::end(std::uint16_t code, std::string_view why, client_context& context) {
  if (phase_ == phase::ended)
    return;
  const phase before = phase_;
  phase_ = phase::ended;
  socket_.close();
  if (before == phase::joined)
    context.observer.closed(member_, code);
  else if (before != phase::leaving)
    context.observer.failed_to_join(member_, why);
}

} // namespace lintel::loadgen
