#include "gateway/outbox.hpp"

#include <algorithm>

namespace lintel::gateway {

namespace {

constexpr std::size_t sent_frames_kept = 32; // moving a few pointers per 32 frames costs nothing

} // namespace

enqueue_status outbox::enqueue(const protocol::encoded_frame_ptr& frame, const outbox_limits& limits) {
  // A single frame always fits: a limit below the message limit must not close healthy connections.
  if (!is_empty() && (frames() >= limits.frames_max || bytes_ + frame->size() > limits.bytes_max))
    return enqueue_status::must_close;
  enqueue_last(frame);
  return enqueue_status::queued;
}

void outbox::enqueue_last(protocol::encoded_frame_ptr frame) {
  bytes_ += frame->size();
  frames_.push_back(std::move(frame));
}

void outbox::drop_unsent() {
  const auto keep = first_ + (offset_ > 0 ? 1 : 0);
  frames_.erase(frames_.begin() + static_cast<std::ptrdiff_t>(keep), frames_.end());
  bytes_ = offset_ > 0 ? frames_[first_]->size() - offset_ : 0;
}

std::size_t outbox::gather(std::span<iovec> parts) const noexcept {
  const auto count = std::min(parts.size(), frames());
  for (std::size_t i = 0; i < count; ++i) {
    auto bytes = frames_[first_ + i]->bytes();
    if (i == 0)
      bytes.remove_prefix(offset_);
    parts[i] = {const_cast<char*>(bytes.data()), bytes.size()}; // iovec has no const; send reads only
  }
  return count;
}

std::size_t outbox::sent(std::size_t bytes) noexcept {
  const auto before = frames();
  bytes_ -= bytes;
  offset_ += bytes;
  while (first_ < frames_.size() && offset_ >= frames_[first_]->size()) {
    offset_ -= frames_[first_]->size();
    frames_[first_].reset();
    ++first_;
  }
  const auto ended = before - frames();
  // A steadily slow reader never lets it run empty: what is sent must not pile up in front.
  if (first_ > sent_frames_kept && first_ > frames_.size() / 2) {
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return ended;
}

} // namespace lintel::gateway
