#include "protocol/broadcast.hpp"

#include "base/ensure.hpp"
#include "protocol/encoder.hpp"
#include "protocol/offset_ref.hpp"

#include <utility>

namespace lintel::protocol {

broadcast_ptr broadcast::make(message_ptr source, std::uint64_t offset, bool is_ephemeral) {
  base::ensure(source != nullptr, "a broadcast has a message");
  return broadcast_ptr{new broadcast{std::move(source), offset, is_ephemeral}};
}

encoded_frame_ptr broadcast::frame(wire_format wire, offset_style style) const {
  const bool has_offset = style == offset_style::offsets && offset_ != 0;
  auto& slot = frames_[static_cast<std::size_t>(wire) + (has_offset ? wire_format_count : 0)];
  if (const auto* const made = slot.load(std::memory_order_acquire))
    return encoded_frame_ptr{made};
  const std::lock_guard lock{encoding_};
  if (const auto* const made = slot.load(std::memory_order_relaxed))
    return encoded_frame_ptr{made};
  const message_view& from = source_->view();
  message_view to{.topic = from.topic, .event = from.event, .payload = from.payload};
  const offset_ref ref{offset_};
  if (has_offset)
    to.ref = ref.view();
  encoded_frame_ptr frame = encode_message(wire, to);
  // The slot holds a reference of its own, given back in the destructor.
  intrusive_ptr_add_ref(frame.get());
  slot.store(frame.get(), std::memory_order_release);
  return frame;
}

broadcast::~broadcast() {
  for (const auto& slot : frames_) {
    if (const auto* const made = slot.load(std::memory_order_relaxed))
      intrusive_ptr_release(made);
  }
}

} // namespace lintel::protocol
