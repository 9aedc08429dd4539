#include "app/connection_views.hpp"

#include "app/actor_status.hpp"

#include <algorithm>

namespace lintel::app {

namespace {

std::string_view name_of(protocol::wire_format wire) {
  switch (wire) {
  case protocol::wire_format::json_v2: return "json";
  case protocol::wire_format::json_v1: return "json-v1";
  case protocol::wire_format::msgpack: return "msgpack";
  }
  return "?";
}

} // namespace

connection_view view_of(gateway::connection& c, gateway::socket_worker& sockets) {
  connection_view v;
  v.id = c.session.id;
  if (const auto identity = sockets.identity_of(c.session))
    v.user = identity->user;
  v.wire = name_of(c.session.wire);
  v.inbound_window = sockets.inbound_window();
  v.uptime_seconds = sockets.seconds_in_phase(c);
  v.is_reading_paused = c.session.is_reading_paused;
  if (c.actor) {
    v.incarnation = std::max(1u, c.actor->incarnation()); // the first begins with the first message
    v.mailbox = c.actor->mailbox_length();
    v.status = name_of(c.actor->status());
    if (auto* supervisor = sockets.supervisor())
      v.restarts_left = supervisor->restarts_left(c.actor->key());
  }
  if (c.out) {
    v.outbox_bytes = c.out->bytes();
    v.outbox_frames = c.out->frames();
  }
  for (const auto& ch : c.session.channels)
    v.channels.push_back({std::string{ch.topic()}, std::string{ch.join_ref.view().text}, !ch.is_unsettled()});
  return v;
}

connection_details details_of(gateway::connection& c, gateway::socket_worker& sockets,
                              const actors::last_crashes& crashes) {
  connection_details v;
  v.incarnation_seconds =
      c.actor->incarnation() == 0 ? sockets.seconds_in_phase(c) : static_cast<std::uint64_t>(c.actor->uptime().count());
  v.last_exit = last_exit_of(*c.actor, crashes);
  v.last_kinds = last_kinds_of(*c.actor);
  v.frames = sockets.taps().notes_of(c.session.id.slot);
  for (const auto& ch : c.session.channels)
    if (ch.is_member() && ch.leg->newest_offset != actors::room_leg::no_offset)
      v.offsets.emplace_back(ch.leg->topic, ch.leg->newest_offset);
  return v;
}

} // namespace lintel::app
