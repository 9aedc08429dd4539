#include "actors/connection_state.hpp"

#include "actors/system_topic.hpp"
#include "protocol/topic_name.hpp"

namespace lintel::actors {

namespace {

using protocol::message_view;
using protocol::ref_view;

// A V1 client has no join_refs, and any client may leave them out.
bool is_current(const channel& c, const ref_view& join_ref) {
  return join_ref.is_null() || join_ref == c.join_ref.view();
}

decision decide_join(session& who, channel* c, const message_view& m, const namespaces& spaces,
                     const connection_limits& limits) {
  if (c != nullptr)
    return {c->is_unsettled() ? step::wait : step::rejoin, c};
  if (!protocol::is_name(m.topic))
    return {step::refuse, nullptr, "invalid topic"};
  const bool is_of_system = is_system_topic(m.topic);
  if (is_of_system && who.may < role::viewer)
    return {step::refuse, nullptr, "unauthorized"};
  const auto rules = is_of_system ? nullptr : spaces.find(m.topic);
  if (is_of_system ? !is_known_system_topic(m.topic) : rules == nullptr)
    return {step::refuse_unmatched};
  if (rules && who.may < rules->may_join)
    return {step::refuse, nullptr, "unauthorized"};
  if (who.channels.size() >= limits.channels_max)
    return {step::refuse, nullptr, "too many channels joined"};
  return {step::join};
}

decision decide_leave(channel* c, const message_view& m) {
  if (c == nullptr)
    return {step::answer_leave};
  if (c->is_unsettled())
    return {step::wait, c};
  return {is_current(*c, m.join_ref) ? step::leave : step::ignore, c};
}

decision decide_push(const session& who, channel* c, const message_view& m) {
  if (c == nullptr)
    return {step::refuse_unmatched};
  if (c->is_unsettled())
    return {step::wait, c};
  if (!is_current(*c, m.join_ref))
    return {step::ignore, c};
  if (protocol::is_reserved_event(m.event))
    return {step::refuse, c, "reserved event"};
  if (!m.payload.is_object) // phoenix.js, Swift and Kotlin break on a broadcast whose payload is none
    return {step::refuse, c, "payload must be an object"};
  if (who.may < role::admin && is_system_topic(m.topic) && !only_asks(m.event))
    return {step::refuse, c, "unauthorized"};
  return {step::push, c};
}

// No channel and no room: a connection that says who it is keeps nothing for it but one flag.
decision decide_self(const message_view& m) {
  if (m.event == "phx_join")
    return {step::join_self};
  if (m.event == "phx_leave")
    return {step::leave_self};
  if (m.event == "whoami")
    return {step::whoami};
  if (m.event == "kill_me")
    return {step::kill_self};
  return {step::refuse, nullptr, "unknown event"};
}

} // namespace

decision decide(session& who, const message_view& m, const namespaces& spaces, const connection_limits& limits) {
  if (m.topic == "phoenix" && m.event == "heartbeat")
    return {step::answer_heartbeat};
  if (m.topic == system_self)
    return decide_self(m);
  auto* c = who.find(m.topic);
  if (m.event == "phx_join")
    return decide_join(who, c, m, spaces, limits);
  if (m.event == "phx_leave")
    return decide_leave(c, m);
  return decide_push(who, c, m);
}

} // namespace lintel::actors
