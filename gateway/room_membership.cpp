#include "gateway/room_membership.hpp"

#include "actors/messages.hpp"

namespace lintel::gateway {

using actors::channel;

void room_membership::admit(connection& c, channel& ch, const actors::room_leg_ptr& leg) {
  ch.leg = leg;
  ch.position = static_cast<std::uint32_t>(leg->members.size());
  leg->members.push_back(
      {.slot = c.session.id.slot & actors::room_member_slots_max, .hears_offsets = 0, .sees_presence = 0});
}

void room_membership::set_hearing(channel& ch, hearing what) {
  ch.hears_offsets = what.offsets;
  auto& member = ch.leg->members[ch.position];
  member.hears_offsets = what.offsets ? 1 : 0;
  member.sees_presence = what.presence ? 1 : 0;
}

void room_membership::dismiss(connection& c, channel& ch) {
  if (ch.is_member())
    remove_from_leg(ch);
  c.session.erase(&ch);
}

void room_membership::leave_all(connection& c) {
  for (auto& ch : c.session.channels) {
    if (!ch.is_member())
      continue; // the answer to its join will find nobody and be taken back by the courier
    remove_from_leg(ch);
    if (ch.at != channel::phase::leaving) // that one has told the room already
      ch.leg->room->post(std::make_unique<actors::room_leave>(c.session.id, ch.leg, nullptr));
  }
  c.session.channels.clear();
}

// The last member takes the freed place, and its channel learns about it.
void room_membership::remove_from_leg(const channel& ch) {
  auto& members = ch.leg->members;
  const auto last = members.back();
  members.pop_back();
  if (ch.position == members.size())
    return;
  members[ch.position] = last;
  table_.at(last.slot).session.find(*ch.leg)->position = ch.position;
}

} // namespace lintel::gateway
