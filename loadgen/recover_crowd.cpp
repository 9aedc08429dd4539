#include "loadgen/recover_crowd.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t handshakes_max = 256; // while everybody comes for the first time
constexpr nanoseconds turn_length = 5ms;
constexpr nanoseconds look_interval = 20ms;
constexpr nanoseconds hopeless = 10s;
constexpr std::uint32_t join_ref = 1;

} // namespace

recover_crowd::recover_crowd(plan wanted, const endpoint& target, const source_addresses& sources)
    : plan_(std::move(wanted)), context_{.target = target,
                                         .sources = sources,
                                         .observer = *this,
                                         .request = upgrade_request(target.name),
                                         .input = std::vector<char>(phoenix_context::input_bytes)},
      crowd_(plan_.clients, context_), ledger_(plan_.clients, plan_.missed), is_settled_(plan_.clients) {
  for (std::uint32_t room = 0; room < plan_.rooms; ++room)
    topics_.push_back(fmt::format("{}{}", plan_.topic_prefix, room));
}

void recover_crowd::join() {
  crowd_.come(handshakes_max);
  std::uint64_t last = 0;
  for (auto moved = clock::now(); settled_count_ < plan_.clients;) {
    crowd_.turn(turn_length);
    if (std::exchange(last, settled_count_) != settled_count_)
      moved = clock::now();
    else if (clock::now() - moved > hopeless)
      fail(0, fmt::format("{} of {} have joined, and nobody more for 10 s", settled_count_, plan_.clients));
    if (failed_count_ > 0)
      throw cannot_run{fmt::format("not everybody could join: {}", first_failure_)};
  }
}

void recover_crowd::rest(nanoseconds length) {
  for (const auto until = clock::now() + length; clock::now() < until;)
    crowd_.turn(turn_length);
}

nanoseconds recover_crowd::come_back(std::uint32_t opening_max, const std::function<void()>& look) {
  is_back_ = true;
  settled_count_ = 0;
  std::fill(is_settled_.begin(), is_settled_.end(), std::uint8_t{0});
  started_ = last_complete_ = clock::now();
  crowd_.come(opening_max);
  std::uint64_t last = 0;
  auto looked = started_;
  for (auto moved = started_; settled_count_ < plan_.clients && clock::now() - moved < hopeless;) {
    crowd_.turn(turn_length);
    const auto now = clock::now();
    const std::uint64_t progress = settled_count_ + verdict().messages;
    if (std::exchange(last, progress) != progress)
      moved = now;
    if (now - looked >= look_interval) {
      looked = now;
      look();
    }
  }
  look();
  return last_complete_ - started_;
}

void recover_crowd::opened(std::uint32_t socket) {
  crowd_.send(socket, {.join_ref = join_ref,
                       .ref = join_ref,
                       .topic = topics_[socket % plan_.rooms],
                       .event = "phx_join",
                       .payload = fmt::format(R"({{"recover":{}}})", is_back_ ? ledger_.recover_of(socket) : "true")});
}

void recover_crowd::heard(std::uint32_t socket, const envelope& message) {
  if (message.event == "phx_reply")
    return joined(socket, message);
  const std::uint64_t offset = message.ref ? offset_of_ref(*message.ref).value_or(0) : 0;
  if (message.event != plan_.event || message.topic != topics_[socket % plan_.rooms] || offset == 0)
    return fail(socket, fmt::format("{} on {}", message.event, message.topic));
  if (!is_back_)
    return fail(socket, "a message before anybody had said anything");
  if (ledger_.receive(socket, offset))
    settle(socket);
}

void recover_crowd::joined(std::uint32_t socket, const envelope& message) {
  const auto stream = read_stream(message.payload);
  if (status_of(message.payload) != reply_status::ok || !stream)
    return fail(socket, fmt::format("{}: {:.100}", message.topic, message.payload));
  if (!is_back_) {
    ledger_.join(socket, *stream);
    settle(socket);
  } else if (ledger_.come_back(socket, *stream)) {
    settle(socket);
  }
}

void recover_crowd::settle(std::uint32_t socket) {
  if (std::exchange(is_settled_[socket], std::uint8_t{1}) != 0)
    return;
  ++settled_count_;
  if (!is_back_)
    return;
  last_complete_ = clock::now();
  latency_.record(last_complete_ - started_);
}

void recover_crowd::fail(std::uint32_t socket, std::string why) {
  ++failed_count_;
  if (first_failure_.empty())
    first_failure_ = fmt::format("client {}: {}", socket, why);
  if (std::exchange(is_settled_[socket], std::uint8_t{1}) == 0)
    ++settled_count_;
}

void recover_crowd::lost(std::uint32_t socket, std::string_view why) { fail(socket, std::string{why}); }

} // namespace lintel::loadgen
