#include "loadgen/phoenix_socket.hpp"

#include "loadgen/frame_codec.hpp"
#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>

#include <cstring>
#include <iterator>

namespace lintel::loadgen {

using protocol::opcode;

void phoenix_socket::open(std::uint32_t number, phoenix_context& context) {
  number_ = number;
  phase_ = phase::connecting;
  if (const int error = socket_.open(context.target, context.sources.of(number)); error != 0)
    fail(std::strerror(error), context);
}

void phoenix_socket::ready(std::uint32_t events, phoenix_context& context) {
  if (phase_ == phase::closed)
    return; // reset while its events were waiting
  if (phase_ == phase::connecting) {
    if (const int error = socket_.connect_error(); error != 0)
      return fail(std::strerror(error), context);
    if ((events & EPOLLOUT) == 0)
      return; // not yet
    phase_ = phase::upgrading;
    if (!socket_.write(context.request))
      return fail("the connection broke during the upgrade", context);
  }
  if ((events & EPOLLOUT) != 0 && !socket_.flush())
    return fail("the connection broke", context);
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    read_all((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0, context);
}

void phoenix_socket::read_all(bool is_hung_up, phoenix_context& context) {
  while (phase_ != phase::closed) {
    const auto [size, is_ended] = socket_.read(context.input);
    if (size > 0) {
      std::string_view input{context.input.data(), size};
      const bool was_waiting = !unread_.empty();
      if (was_waiting) {
        unread_.append(input);
        input = unread_;
      }
      if (phase_ != phase::upgrading || take_upgrade(input, context))
        take_frames(input, context);
      // `input` may view unread_, so the rest is built before that is let go of.
      unread_ = phase_ == phase::closed ? std::string{} : std::string{input};
    }
    if (is_ended && phase_ != phase::closed)
      return fail("the server closed the connection", context);
    // Edge-triggered, and a short read has emptied the socket. Another one would find what the server has answered
    // meanwhile, and go on with this one socket while all others wait.
    if (size == 0 || (size < context.input.size() && !is_hung_up))
      return;
  }
}

bool phoenix_socket::take_upgrade(std::string_view& input, phoenix_context& context) {
  const auto result = read_upgrade(input);
  if (result.status == upgrade_status::need_more)
    return false;
  if (result.status == upgrade_status::refused) {
    fail(result.problem, context);
    return false;
  }
  input.remove_prefix(result.size);
  phase_ = phase::open;
  context.observer.opened(number_);
  return phase_ == phase::open;
}

void phoenix_socket::take_frames(std::string_view& input, phoenix_context& context) {
  server_frame frame;
  while (phase_ == phase::open) {
    const auto status = take_frame(input, frame);
    if (status == take_status::need_more)
      return;
    if (status == take_status::broken || !frame.is_final)
      return fail("the server sent a broken frame", context);
    switch (frame.code) {
    case opcode::text: take_message(frame.payload, context); break;
    case opcode::ping: send_frame(opcode::pong, frame.payload, context); break;
    case opcode::pong: break;
    case opcode::close:
      return fail(fmt::format("the server closed the connection with {}", close_code_of(frame.payload)), context);
    case opcode::binary:
    case opcode::continuation: return fail("the server sent a binary message", context);
    }
  }
}

void phoenix_socket::take_message(std::string_view text, phoenix_context& context) {
  envelope message;
  if (!scan_envelope(text, message))
    return fail(fmt::format("unreadable: {:.100}", text), context);
  if (message.topic == "phoenix" && status_of(message.payload) == reply_status::ok)
    return;
  context.observer.heard(number_, message);
}

void phoenix_socket::send(const phoenix_message& message, phoenix_context& context) {
  if (phase_ != phase::open)
    return;
  context.text.clear();
  fmt::format_to(std::back_inserter(context.text), R"(["{}","{}","{}","{}",{}])", message.join_ref, message.ref,
                 message.topic, message.event, message.payload);
  send_frame(opcode::text, context.text, context);
}

void phoenix_socket::heartbeat(phoenix_context& context) {
  if (phase_ == phase::open)
    send_frame(opcode::text, R"([null,"0","phoenix","heartbeat",{}])", context);
}

void phoenix_socket::send_frame(opcode code, std::string_view payload, phoenix_context& context) {
  context.frame.clear();
  append_client_frame(context.frame, code, payload);
  if (!socket_.write(context.frame))
    fail("the connection broke", context);
}

void phoenix_socket::reset() noexcept {
  phase_ = phase::closed;
  socket_.close();
  unread_ = {};
}

void phoenix_socket::fail(std::string_view why, phoenix_context& context) {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  socket_.close();
  context.observer.lost(number_, why);
}

} // namespace lintel::loadgen
