#include "loadgen/churn_client.hpp"

#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>

#include <cstring>
#include <utility>

namespace lintel::loadgen {

namespace {

using protocol::opcode;

constexpr std::string_view normal_closure = "\x03\xe8"; // 1000, big endian
constexpr std::size_t half_a_frame = 20;

// Refs of a life.
constexpr std::uint32_t join_ref = 1;
constexpr std::uint32_t push_ref = 2;
constexpr std::uint32_t leave_ref = 3;

} // namespace

void churn_tally::fail(std::string_view why) {
  ++failures;
  if (first_failure.empty())
    first_failure = why;
}

bool churn_client::open(std::uint64_t cycle, churn_context& context) {
  cycle_ = cycle;
  step_ = context.plan.step(cycle);
  opened_ = clock::now();
  phase_ = phase::connecting;
  if (const int error = socket_.open(context.target, context.sources.of(static_cast<std::uint32_t>(cycle))); error != 0)
    fail(std::strerror(error), context);
  return phase_ != phase::over;
}

void churn_client::ready(std::uint32_t events, churn_context& context) {
  if (phase_ == phase::connecting && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0)
    connected(context);
  if (phase_ > phase::connecting && (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    read_all(context);
}

void churn_client::connected(churn_context& context) {
  if (const int error = socket_.connect_error(); error != 0)
    return fail(std::strerror(error), context);
  phase_ = phase::upgrading;
  const std::string_view request = context.request;
  if (step_.how != parting::mid_handshake)
    return send_bytes(request, context);
  send_bytes(request.substr(0, request.size() / 2), context);
  part(context);
}

void churn_client::read_all(churn_context& context) {
  while (phase_ != phase::over) {
    const auto [size, is_ended] = socket_.read(context.input);
    if (size > 0) {
      std::string_view input{context.input.data(), size};
      const bool was_waiting = !unread_.empty();
      if (was_waiting) {
        unread_.append(input);
        input = unread_;
      }
      if (phase_ == phase::upgrading)
        take_upgrade(input, context);
      if (phase_ > phase::upgrading)
        take_frames(input, context);
      unread_ = phase_ == phase::over ? std::string{} : std::string{input}; // `input` may view unread_
    }
    if (is_ended && phase_ != phase::over)
      return ended(context);
    if (size == 0)
      return; // edge-triggered: read until nothing is left
  }
}

void churn_client::take_upgrade(std::string_view& input, churn_context& context) {
  const auto result = read_upgrade(input);
  if (result.status == upgrade_status::refused)
    return fail(result.problem, context);
  if (result.status == upgrade_status::need_more)
    return;
  input.remove_prefix(result.size);
  join(context);
}

void churn_client::take_frames(std::string_view& input, churn_context& context) {
  server_frame frame;
  while (phase_ != phase::over) {
    const auto status = take_frame(input, frame);
    if (status == take_status::need_more)
      return;
    if (status == take_status::broken || !frame.is_final)
      return fail("the server sent a broken frame", context);
    if (frame.code == opcode::text) {
      take_message(frame.payload, context);
    } else if (frame.code == opcode::close) {
      if (phase_ != phase::parting)
        return fail(fmt::format("the server closed the connection with {}", close_code_of(frame.payload)), context);
      socket_.end_sending(); // it waits for us: RFC 6455 7.1.1
    }
  }
}

// What others say in the room passes by.
void churn_client::take_message(std::string_view text, churn_context& context) {
  envelope found;
  if (!scan_envelope(text, found))
    return fail(fmt::format("unreadable: {:.100}", text), context);
  if (found.event == "phx_error")
    return fail("phx_error: a room has crashed", context);
  if (found.event != "phx_reply")
    return;
  const auto ref = found.ref ? number_of(*found.ref) : std::nullopt;
  const auto status = status_of(found.payload);
  if (ref == push_ref)
    return answered(status, context);
  if (phase_ == phase::parting)
    return; // an answer that we did not wait for
  if (status != reply_status::ok)
    return fail(fmt::format("refused: {:.100}", text), context);
  if (ref == join_ref && phase_ == phase::joining)
    return push(context);
  if (ref == leave_ref && phase_ == phase::leaving)
    return part(context);
  fail(fmt::format("an answer to nothing: {:.100}", text), context);
}

void churn_client::join(churn_context& context) {
  phase_ = phase::joining;
  context.text = fmt::format(R"(["1","{}","room:churn-{}","phx_join",{{}}])", join_ref, step_.room);
  send_text(context);
  if (step_.how == parting::mid_join)
    part(context);
}

void churn_client::push(churn_context& context) {
  phase_ = phase::pushing;
  ++context.tally.pushes;
  has_open_push_ = true;
  context.text = fmt::format(R"(["1","{}","room:churn-{}","new_msg",{{"cycle":{}}}])", push_ref, step_.room, cycle_);
  send_text(context);
  if (step_.how == parting::mid_push)
    part(context);
}

void churn_client::answered(reply_status status, churn_context& context) {
  auto& tally = context.tally;
  if (!std::exchange(has_open_push_, false)) {
    ++tally.answered_again;
    return;
  }
  ++(status == reply_status::ok ? tally.answered_ok : tally.answered_with_error);
  if (phase_ != phase::pushing)
    return; // on its way out already
  if (step_.how != parting::leave)
    return part(context);
  phase_ = phase::leaving;
  context.text = fmt::format(R"(["1","{}","room:churn-{}","phx_leave",{{}}])", leave_ref, step_.room);
  send_text(context);
}

void churn_client::part(churn_context& context) {
  if (phase_ == phase::over)
    return; // sending has failed
  phase_ = phase::parting;
  if (step_.how == parting::mid_frame) {
    context.frame.clear();
    append_client_frame(context.frame, opcode::text, R"(["1","4","room:churn","new_msg",{"this":"is cut"}])");
    send_bytes(std::string_view{context.frame}.substr(0, half_a_frame), context);
  }
  if (step_.how == parting::close_frame) {
    context.frame.clear();
    append_client_frame(context.frame, opcode::close, normal_closure);
    return send_bytes(context.frame, context); // the server's own follows, and take_frames() ends the stream
  }
  if (step_.is_reset)
    ended(context);
  else
    socket_.end_sending();
}

void churn_client::send_text(churn_context& context) {
  context.frame.clear();
  append_client_frame(context.frame, opcode::text, context.text);
  send_bytes(context.frame, context);
}

// Some hundred bytes always fit into an empty send buffer.
void churn_client::send_bytes(std::string_view bytes, churn_context& context) {
  if (phase_ != phase::over && !socket_.write(bytes))
    fail("the connection broke", context);
}

void churn_client::ended(churn_context& context) {
  if (phase_ != phase::parting)
    return fail("the server ended the stream", context);
  ++context.tally.cycles;
  ++context.tally.left_by[static_cast<std::size_t>(step_.how)];
  close(context);
}

void churn_client::give_up(churn_context& context) {
  if (std::exchange(has_open_push_, false))
    ++context.tally.unanswered;
  fail(fmt::format("the server does not end a connection that left by {}", name_of(step_.how)), context);
}

void churn_client::fail(std::string_view why, churn_context& context) {
  context.tally.fail(fmt::format("cycle {} ({}): {}", cycle_, name_of(step_.how), why));
  close(context);
}

void churn_client::close(churn_context& context) {
  if (std::exchange(has_open_push_, false))
    ++context.tally.closed;
  socket_.close();
  unread_.clear();
  phase_ = phase::over;
}

} // namespace lintel::loadgen
