#include "loadgen/history_reader.hpp"

#include "loadgen/stream_message.hpp"
#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

constexpr nanoseconds turn_length = 5ms;
constexpr nanoseconds hopeless = 10s;
constexpr std::uint32_t readers_max = 16; // a server paces each; together they need not wait
constexpr std::uint32_t join_ref = 1;
constexpr std::uint32_t history_ref = 2;
constexpr std::uint32_t leave_ref = 3;

std::uint32_t readers_for(std::uint32_t rooms) { return std::min(rooms, readers_max); }

} // namespace

history_reader::history_reader(plan wanted, const endpoint& target, const source_addresses& sources,
                               offset_ledger& ledger)
    : plan_(std::move(wanted)), share_(plan_.rooms, readers_for(plan_.rooms)),
      ledger_(ledger), context_{.target = target,
                                .sources = sources,
                                .observer = *this,
                                .request = upgrade_request(target.name),
                                .input = std::vector<char>(phoenix_context::input_bytes)},
      crowd_(readers_for(plan_.rooms), context_), cursors_(crowd_.size()) {}

std::string history_reader::read_all() {
  crowd_.come(crowd_.size());
  std::uint64_t last = 0;
  for (auto moved = clock::now(); problem_.empty() && rooms_read_ < plan_.rooms;) {
    crowd_.turn(turn_length);
    ask_those_who_wait();
    const std::uint64_t now = messages_read_ + rooms_read_;
    if (std::exchange(last, now) != now)
      moved = clock::now();
    else if (clock::now() - moved > hopeless)
      problem_ = fmt::format("no answer for 10 s; {} of {} rooms were read", rooms_read_, plan_.rooms);
  }
  crowd_.reset_all();
  return problem_;
}

void history_reader::opened(std::uint32_t socket) { join_next(socket); }

void history_reader::join_next(std::uint32_t socket) {
  crowd_.send(socket, {.join_ref = join_ref,
                       .ref = join_ref,
                       .topic = fmt::format("{}{}", plan_.topic_prefix, room_of(socket)),
                       .event = "phx_join",
                       .payload = "{}"});
}

void history_reader::heard(std::uint32_t socket, const envelope& message) {
  const std::uint32_t ref = message.ref ? number_of(*message.ref).value_or(0) : 0;
  if (message.event != "phx_reply" || ref == 0)
    return; // what is said meanwhile, and the close behind a leave
  const bool is_ok = status_of(message.payload) == reply_status::ok;
  if (const auto wait = is_ok ? std::nullopt : retry_after_of(message.payload); wait && ref == history_ref)
    cursors_[socket].ask_again_at = clock::now() + *wait;
  else if (!is_ok)
    problem_ = fmt::format("{}: {:.100}", message.topic, message.payload);
  else if (ref == join_ref) {
    cursors_[socket].after = ledger_.read_after(room_of(socket), plan_.kept);
    ask(socket);
  } else if (ref == history_ref)
    take_page(socket, message);
  else if (ref == leave_ref && ++cursors_[socket].channel < share_.count_of(socket))
    join_next(socket);
}

void history_reader::ask(std::uint32_t socket) {
  crowd_.send(socket, {.join_ref = join_ref,
                       .ref = history_ref,
                       .topic = fmt::format("{}{}", plan_.topic_prefix, room_of(socket)),
                       .event = "history",
                       .payload = fmt::format(R"({{"after":{},"limit":1000}})", cursors_[socket].after)});
}

void history_reader::ask_those_who_wait() {
  const auto now = clock::now();
  for (std::uint32_t socket = 0; socket < cursors_.size(); ++socket)
    if (auto& at = cursors_[socket].ask_again_at; at && *at <= now) {
      at.reset();
      ask(socket);
    }
}

void history_reader::take_page(std::uint32_t socket, const envelope& message) {
  const auto page = read_history(message.payload);
  if (!page) {
    problem_ = fmt::format("{}: unreadable: {:.100}", message.topic, message.payload);
    return;
  }
  cursor& at = cursors_[socket];
  const std::uint32_t room = room_of(socket);
  const std::uint64_t newest = ledger_.newest(room);
  for (const kept_message& each : page->messages) {
    ledger_.read(room, each.offset, each.stamp ? message_key{each.stamp->sender, each.stamp->sequence} : message_key{});
    at.after = std::max(at.after, each.offset);
  }
  messages_read_ += page->messages.size();
  if (!page->messages.empty() && at.after < newest)
    return ask(socket);
  ++rooms_read_;
  crowd_.send(socket,
              {.join_ref = join_ref, .ref = leave_ref, .topic = message.topic, .event = "phx_leave", .payload = "{}"});
}

void history_reader::lost(std::uint32_t socket, std::string_view why) {
  problem_ = fmt::format("reader {}: {}", socket, why);
}

} // namespace lintel::loadgen
