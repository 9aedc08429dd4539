#pragma once

#include "actors/session.hpp"
#include "protocol/message.hpp"

#include <string>
#include <string_view>

namespace lintel::actors::testing {

inline protocol::ref_view string_ref(std::string_view text) { return {protocol::ref_view::type::string, text}; }

inline protocol::message_view message(std::string_view topic, std::string_view event, protocol::ref_view join_ref = {},
                                      protocol::ref_view own_ref = string_ref("9")) {
  return {.join_ref = join_ref, .ref = own_ref, .topic = topic, .event = event};
}

/// A channel of `topic` whose join_ref is its topic too, in the state that the courier would leave behind.
inline channel& add_channel(session& who, const std::string& topic, channel::phase at) {
  auto& c = who.channels.emplace_back();
  c.at = at;
  c.join_ref = inline_ref{string_ref(topic)};
  if (at != channel::phase::joined)
    c.request = protocol::message::copy_of(message(topic, "phx_join"));
  if (at != channel::phase::joining)
    c.leg = room_leg_ptr{new room_leg{nullptr, topic, 0}};
  return c;
}

} // namespace lintel::actors::testing
