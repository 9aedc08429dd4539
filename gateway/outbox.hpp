#pragma once

#include "gateway/gateway_config.hpp"
#include "protocol/encoded_frame.hpp"

#include <boost/container/small_vector.hpp>

#include <sys/uio.h>

#include <cstddef>
#include <span>

namespace lintel::gateway {

enum class enqueue_status : std::uint8_t { queued, dropped, must_close };

/// Frames waiting for one socket, oldest first. Exists only while there are some. Lives on the socket's worker.
/// Invariant: frames() <= limits.frames_max and bytes() <= limits.bytes_max, close frames aside.
class outbox {
public:
  /// `must_close`: the peer is too slow to keep; close with close_reason::slow_consumer.
  [[nodiscard]] enqueue_status enqueue(const protocol::encoded_frame_ptr& frame, const outbox_limits& limits);

  /// Past every limit: the close frame that ends it all.
  void enqueue_last(protocol::encoded_frame_ptr frame);

  /// Drops what was not begun; a frame that is half sent must be finished, or the peer reads garbage.
  void drop_unsent();

  /// Fills `parts` with what is to be sent next; returns how many were filled.
  std::size_t gather(std::span<iovec> parts) const noexcept;

  /// The kernel took so many bytes. Returns how many frames that ended.
  std::size_t sent(std::size_t bytes) noexcept;

  bool is_empty() const noexcept { return first_ == frames_.size(); }
  std::size_t frames() const noexcept { return frames_.size() - first_; }
  std::size_t bytes() const noexcept { return bytes_; }

private:
  // Six frames are a reply, a broadcast and some more: a turn's worth for most, in the same allocation.
  boost::container::small_vector<protocol::encoded_frame_ptr, 6> frames_;
  std::size_t first_ = 0;  // frames before it are sent
  std::size_t offset_ = 0; // bytes of the first one that are sent
  std::size_t bytes_ = 0;
};

} // namespace lintel::gateway
