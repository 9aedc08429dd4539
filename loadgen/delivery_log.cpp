#include "loadgen/delivery_log.hpp"

#include "base/ensure.hpp"

namespace lintel::loadgen {

void delivery_record::save(archive_writer& out) const {
  out.put(rooms.size());
  for (const room_record& room : rooms) {
    out.put(room.order);
    out.put(room.faithful_count);
  }
  out.put(odd_members.size());
  for (const odd_member& odd : odd_members) {
    out.put(odd.member);
    out.put(odd.room);
    out.put(odd.shared);
    out.put(odd.is_truncated);
    out.put(odd.tail);
  }
}

void delivery_record::load(archive_reader& in) {
  rooms.resize(in.get<std::size_t>());
  for (room_record& room : rooms) {
    in.get(room.order);
    in.get(room.faithful_count);
  }
  odd_members.resize(in.get<std::size_t>());
  for (odd_member& odd : odd_members) {
    in.get(odd.member);
    in.get(odd.room);
    in.get(odd.shared);
    in.get(odd.is_truncated);
    in.get(odd.tail);
  }
}

delivery_log::delivery_log(const shape& wanted)
    : shape_(wanted), cursors_(wanted.member_count), rooms_(wanted.room_count) {
  base::ensure(wanted.room_count > 0, "a delivery log has rooms");
}

void delivery_log::delivered(std::uint32_t member, message_key key) {
  base::ensure(member < cursors_.size(), "a delivery has a member");
  cursor& at = cursors_[member];
  if (at.odd < 0) {
    std::vector<message_key>& order = rooms_[room_of(member)].order;
    if (at.position == order.size())
      order.push_back(key);
    if (order[at.position] == key) {
      ++at.position;
      return;
    }
  }
  odd_member& odd = depart(member);
  if (tail_entries_ == tails_max) {
    odd.is_truncated = true;
    return;
  }
  odd.tail.push_back(key);
  ++tail_entries_;
}

odd_member& delivery_log::depart(std::uint32_t member) {
  cursor& at = cursors_[member];
  if (at.odd < 0) {
    at.odd = static_cast<std::int32_t>(odd_.size());
    odd_.push_back({.member = shape_.first_member + member,
                    .room = room_of(member),
                    .shared = at.position,
                    .is_truncated = false,
                    .tail = {}});
  }
  return odd_[static_cast<std::size_t>(at.odd)];
}

delivery_record delivery_log::take() {
  for (std::uint32_t member = 0; member < shape_.member_count; ++member) {
    room_record& room = rooms_[room_of(member)];
    if (cursors_[member].odd < 0 && cursors_[member].position == room.order.size())
      ++room.faithful_count;
    else
      depart(member); // stopped short of the order, or has a list already
  }
  return {std::move(rooms_), std::move(odd_)};
}

} // namespace lintel::loadgen
