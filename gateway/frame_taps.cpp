#include "gateway/frame_taps.hpp"

namespace lintel::gateway {

using protocol::message_view;

namespace {

// Of a server's frame, which has no mask (RFC 6455 5.2).
std::string_view payload_of(std::string_view frame) {
  const auto length = static_cast<unsigned char>(frame[1]) & 0x7fU;
  return frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10);
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

// The frame is shared by many recipients, and only this one is watched: it is read again rather than kept twice.
void frame_taps::note_out(std::uint32_t slot, const protocol::encoded_frame& frame, protocol::wire_format wire) {
  const auto bytes = frame.bytes();
  const auto code = static_cast<protocol::opcode>(static_cast<unsigned char>(bytes[0]) & 0x0fU);
  message_view message;
  if (code == protocol::opcode::text)
    message = decoder_.decode_text(payload_of(bytes), wire).message;
  else if (code == protocol::opcode::binary && wire == protocol::wire_format::msgpack)
    message = decoder_.decode_binary(payload_of(bytes)).message;
  add(slot, describe(frame_note::direction::out, message, bytes.size()));
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
