#include "gateway/frame_taps.hpp"

namespace lintel::gateway {

using protocol::message_view;

namespace {

struct server_frame {
  std::string_view all;
  std::string_view payload;
};

// The first of a server's frames, which have no mask (RFC 6455 5.2).
server_frame first_of(std::string_view frames) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(frames[i]); };
  const std::uint64_t length = at(1) & 0x7fU;
  const std::size_t header = length < 126 ? 2 : length == 126 ? 4 : 10;
  std::uint64_t extended = 0;
  for (std::size_t i = 2; i < header; ++i)
    extended = extended << 8U | at(i);
  const auto size = header == 2 ? length : extended;
  return {frames.substr(0, header + size), frames.substr(header, size)};
}

frame_note describe(frame_note::direction way, const message_view& message, std::size_t bytes) {
  return {.way = way,
          .at = std::chrono::system_clock::now(),
          .topic = std::string{message.topic},
          .event = std::string{message.event},
          .ref = std::string{message.ref.text},
          .bytes = bytes};
}

} // namespace

void frame_taps::note_in(std::uint32_t slot, const message_view& message, std::size_t bytes) {
  add(slot, describe(frame_note::direction::in, message, bytes));
}

// They are shared by many recipients, and only this one is watched: they are read again rather than kept twice.
void frame_taps::note_out(std::uint32_t slot, const protocol::encoded_frame& frames, protocol::wire_format wire) {
  for (auto rest = frames.bytes(); !rest.empty();) { // a replay is many in one
    const auto frame = first_of(rest);
    const auto code = static_cast<protocol::opcode>(static_cast<unsigned char>(rest[0]) & 0x0fU);
    message_view message;
    if (code == protocol::opcode::text)
      message = decoder_.decode_text(frame.payload, wire).message;
    else if (code == protocol::opcode::binary && wire == protocol::wire_format::msgpack)
      message = decoder_.decode_binary(frame.payload).message;
    add(slot, describe(frame_note::direction::out, message, frame.all.size()));
    rest.remove_prefix(frame.all.size());
  }
}

void frame_taps::add(std::uint32_t slot, frame_note note) {
  const auto found = taps_.find(slot);
  if (found == taps_.end())
    return;
  if (found->second.size() == notes_max)
    found->second.pop_front();
  found->second.push_back(std::move(note));
}

std::deque<frame_note> frame_taps::notes_of(std::uint32_t slot) const {
  const auto found = taps_.find(slot);
  return found == taps_.end() ? std::deque<frame_note>{} : found->second;
}

} // namespace lintel::gateway
