#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace lintel::protocol {

/// A client's `ref` or `join_ref`. Echoed with its type and text unchanged: phoenix.js compares
/// with `===`.
struct ref_view {
  enum class type : std::uint8_t { null, string, integer };

  type kind = type::null;
  std::string_view text{}; ///< unescaped UTF-8, or the decimal digits of an integer; empty when null

  bool is_null() const noexcept { return kind == type::null; }
  friend bool operator==(const ref_view&, const ref_view&) = default;
};

enum class payload_format : std::uint8_t {
  json,    ///< one validated, UTF-8 encoded JSON value
  msgpack, ///< one validated MessagePack value
  binary,  ///< opaque bytes of a Phoenix binary frame
};

struct payload_view {
  payload_format format = payload_format::json;
  std::string_view bytes = "{}";
  bool is_object = true; ///< a map; `binary` counts as one, for it is delivered as one value
};

/// One Phoenix message: [join_ref, ref, topic, event, payload]. Refers to bytes it does not own.
struct message_view {
  ref_view join_ref{};
  ref_view ref{};
  std::string_view topic{};
  std::string_view event{};
  payload_view payload{};
};

class message;
using message_ptr = boost::intrusive_ptr<const message>;

/// A message that owns its bytes, immutable, in one allocation; may be shared between threads.
class message {
public:
  static message_ptr copy_of(const message_view& source);

  const message_view& view() const noexcept { return view_; }

  message(const message&) = delete;
  message& operator=(const message&) = delete;

private:
  message() = default;
  ~message() = default;
  static void destroy(const message* it) noexcept;

  friend void intrusive_ptr_add_ref(const message* it) noexcept {
    it->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const message* it) noexcept {
    if (it->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      destroy(it);
  }

  mutable std::atomic<std::uint32_t> references_{0};
  message_view view_;
};

} // namespace lintel::protocol
