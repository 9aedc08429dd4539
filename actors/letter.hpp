#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace lintel::actors {

/// What a letter is about. One struct per value, in messages.hpp; the tag replaces a dynamic_cast per message.
enum class letter_kind : std::uint8_t {
  control,
  inbound_frame,
  client_closes,
  room_join,
  room_leave,
  room_push,
  retire_request,
  retire,
  room_delivery,
  join_settled,
  leave_settled,
  request_settled,
  room_gone,
  socket_ready,
  worker_call,
  system_news,
  room_request,
  log_news,
  history_page,
  stream_reset,
  session_moved,
  room_alarm,
  caf_message, ///< no letter: any message of CAF
  none,        ///< no mail at all: an incarnation begins
};

/// As it stands in the log: "inbound_frame".
std::string_view name_of(letter_kind kind) noexcept;

/// A message of the fast lane between light processes: one node, no type erasure, no CAF message object.
/// Owned by exactly one place at a time: the sender, an inbox, or the handler.
struct letter {
  explicit letter(letter_kind what) noexcept : kind(what) {}
  virtual ~letter() = default;
  letter(const letter&) = delete;
  letter& operator=(const letter&) = delete;

  letter* next = nullptr; ///< used by the inbox only
  /// Microseconds of the steady clock at the last post, cut to 32 bits; 0: nobody measures this one.
  std::uint32_t posted_us = 0;
  letter_kind kind;           ///< a request keeps its node when it is passed on, and changes its kind
  bool is_visit_seen = false; ///< room_join, room_request, history_page: its room has counted it
};
using letter_ptr = std::unique_ptr<letter>;

/// How a handler is to block: for so long, asleep or in a loop that keeps its core busy, with the next letter in hand
/// as soon as there is one.
struct stall_plan {
  std::chrono::milliseconds length{0};
  bool is_busy = false;
  bool is_for_next = false; ///< not before there is a letter to have in hand
  bool is_poison = false;   ///< with that letter in hand, throw
};

/// Sent by operators and tests to any light process.
struct control_letter : letter {
  enum class order : std::uint8_t {
    kill,  ///< end the incarnation as an exit signal would
    crash, ///< throw inside the handler
    nudge, ///< only wake up and look around
    stall, ///< block
  };
  explicit control_letter(order what_order, stall_plan how = {}) noexcept
      : letter(letter_kind::control), what(what_order), stalls(how) {}
  const order what;
  const std::chrono::steady_clock::time_point ordered = std::chrono::steady_clock::now();
  const stall_plan stalls;
};

} // namespace lintel::actors
