#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::protocol {

/// RFC 6455 5.2.
enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

class encoded_frame;
using encoded_frame_ptr = boost::intrusive_ptr<const encoded_frame>;

/// A complete, immutable WebSocket frame, header included, ready for send(). Server frames carry no
/// mask (RFC 6455 5.1), so every recipient shares the same bytes. May be shared between threads.
class encoded_frame {
public:
  static encoded_frame_ptr make(opcode code, std::string_view payload);

  /// `bytes` as they are: for what leaves through the same outbox and is no frame, the answer to the upgrade.
  static encoded_frame_ptr of_bytes(std::string_view bytes);

  /// Appends the same bytes to `out` instead: for frames that leave at once and are not shared.
  static void append_to(std::string& out, opcode code, std::string_view payload);

  std::string_view bytes() const noexcept { return {reinterpret_cast<const char*>(this + 1), size_}; }
  std::size_t size() const noexcept { return size_; }

  encoded_frame(const encoded_frame&) = delete;
  encoded_frame& operator=(const encoded_frame&) = delete;

private:
  explicit encoded_frame(std::uint32_t size) noexcept : size_(size) {}
  ~encoded_frame() = default;
  static encoded_frame* allocate(std::size_t size);
  static void destroy(const encoded_frame* it) noexcept;

  friend void intrusive_ptr_add_ref(const encoded_frame* it) noexcept {
    it->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const encoded_frame* it) noexcept {
    if (it->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      destroy(it);
  }

  mutable std::atomic<std::uint32_t> references_{0};
  std::uint32_t size_;
};

} // namespace lintel::protocol
