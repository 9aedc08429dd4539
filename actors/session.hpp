#pragma once

#include "actors/connection_id.hpp"
#include "actors/inline_ref.hpp"
#include "actors/role.hpp"
#include "actors/room_leg.hpp"
#include "protocol/message.hpp"
#include "protocol/wire_format.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace lintel::actors {

/// One topic that a connection has joined, or is about to.
///
///   (none) ── join ──▶ joining ── admitted ──▶ joined ── leave ──▶ leaving ── settled ──▶ (none)
///                         └ refused ▶ (none)     │  ▲
///                                            join│  │admitted
///                                                ▼  │
///                                             rejoining ── refused ▶ (none)
struct channel {
  enum class phase : std::uint8_t { joining, joined, rejoining, leaving };

  room_leg_ptr leg;              ///< null while joining
  protocol::message_ptr request; ///< the join under way
  inline_ref join_ref;           ///< of the channel as it stands; while joining, of the request
  std::uint32_t position = 0;    ///< in leg->members
  phase at = phase::joining;
  bool hears_offsets = false; ///< asked for by its join

  std::string_view topic() const noexcept { return leg ? std::string_view{leg->topic} : request->view().topic; }
  bool is_member() const noexcept { return at != phase::joining; }
  /// A join or leave waits for the room's answer.
  bool is_unsettled() const noexcept { return at != phase::joined; }
};

/// What of a connection survives its actor. Part of the connection record, so it lives on the worker that owns the
/// socket, and is read and written there only.
struct session {
  connection_id id;
  protocol::wire_format wire = protocol::wire_format::json_v2;
  role may = role::none;
  bool is_reading_paused : 1 = false; ///< the inbound window is full; the socket is not read
  bool has_identity : 1 = false;      ///< the port knows it: most clients have none
  bool wants_self : 1 = false;        ///< the client hears of its actor's restarts, on $sys:self
  std::vector<channel> channels;

  channel* find(std::string_view topic) noexcept {
    for (auto& c : channels)
      if (c.topic() == topic)
        return &c;
    return nullptr;
  }
  channel* find(const room_leg& leg) noexcept {
    for (auto& c : channels)
      if (c.leg.get() == &leg)
        return &c;
    return nullptr;
  }
  void erase(channel* c) noexcept {
    if (c != &channels.back())
      *c = std::move(channels.back());
    channels.pop_back();
  }
};

} // namespace lintel::actors
