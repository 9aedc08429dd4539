#pragma once

#include "protocol/encoded_frame.hpp"
#include "protocol/message.hpp"
#include "protocol/wire_format.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <array>
#include <atomic>
#include <mutex>

namespace lintel::protocol {

class broadcast;
using broadcast_ptr = boost::intrusive_ptr<const broadcast>;

/// One message on its way to every member of a room. Encoded at most once per wire format, on first
/// demand; all recipients share the frame. May be used from several workers at once.
class broadcast {
public:
  /// Delivers topic, event and payload of `source`; its refs are not sent (a broadcast has none).
  static broadcast_ptr make(message_ptr source);

  /// The frame for one wire format. Taking a frame that exists is one acquire load.
  encoded_frame_ptr frame(wire_format wire) const;

  broadcast(const broadcast&) = delete;
  broadcast& operator=(const broadcast&) = delete;

private:
  explicit broadcast(message_ptr source) noexcept : source_(std::move(source)) {}
  ~broadcast();

  friend void intrusive_ptr_add_ref(const broadcast* it) noexcept {
    it->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const broadcast* it) noexcept {
    if (it->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete it;
  }

  mutable std::atomic<std::uint32_t> references_{0};
  message_ptr source_;
  /// Of two workers that want the same missing format, one encodes and one waits.
  mutable std::mutex encoding_;
  mutable std::array<std::atomic<const encoded_frame*>, wire_format_count> frames_{};
};

} // namespace lintel::protocol
