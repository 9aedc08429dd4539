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

/// Whether a recipient is told a message's offset.
enum class offset_style : std::uint8_t {
  plain,   ///< ref is null, as Phoenix has it
  offsets, ///< ref is "@" and the offset
};

/// One message on its way to every member of a room. Encoded at most once per wire format and style, on
/// first demand; all recipients share the frame. May be used from several workers at once.
class broadcast {
public:
  /// Delivers topic, event and payload of `source`; its refs are not sent (a broadcast has none).
  /// `offset` is its place in the topic's history; 0: it has none, and both styles are the same.
  static broadcast_ptr make(message_ptr source, std::uint64_t offset = 0, bool is_ephemeral = false);

  /// The frame for one wire format. Taking a frame that exists is one acquire load.
  encoded_frame_ptr frame(wire_format wire, offset_style style = offset_style::plain) const;

  /// 0: none.
  std::uint64_t offset() const noexcept { return offset_; }

  /// It may be dropped before anything else is: nobody misses one of "is typing".
  bool is_ephemeral() const noexcept { return is_ephemeral_; }

  broadcast(const broadcast&) = delete;
  broadcast& operator=(const broadcast&) = delete;

private:
  broadcast(message_ptr source, std::uint64_t offset, bool is_ephemeral) noexcept
      : is_ephemeral_(is_ephemeral), offset_(offset), source_(std::move(source)) {}
  ~broadcast();

  friend void intrusive_ptr_add_ref(const broadcast* it) noexcept {
    it->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const broadcast* it) noexcept {
    if (it->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete it;
  }

  mutable std::atomic<std::uint32_t> references_{0};
  const bool is_ephemeral_;
  const std::uint64_t offset_;
  message_ptr source_;
  /// Of two workers that want the same missing format, one encodes and one waits.
  mutable std::mutex encoding_;
  mutable std::array<std::atomic<const encoded_frame*>, 2 * wire_format_count> frames_{};
};

} // namespace lintel::protocol
