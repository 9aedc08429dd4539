#include "app/connection_views.hpp"

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

std::string_view name_of(actors::process_status status) {
  switch (status) {
  case actors::process_status::running: return "up";
  case actors::process_status::waiting: return "waiting";
  case actors::process_status::backing_off: return "backing off";
  case actors::process_status::ended: return "ended";
  }
  return "?";
}

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

} // namespace lintel::app
