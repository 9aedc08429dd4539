#include "protocol/msgpack_decoder.hpp"

#include "protocol/envelope.hpp"
#include "protocol/utf8.hpp"

#include <msgpack.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>

namespace lintel::protocol {

/// msgpack-cxx calls one function per value; returning false ends the parse. Not `unpack`: that
/// allocates what a count claims before it reads the elements.
class msgpack_decoder::walk : public msgpack::null_visitor {
public:
  walk(msgpack_decoder& owner, std::string_view bytes, const message_limits& limits)
      : owner_(owner), bytes_(bytes), limits_(limits) {}

  bool visit_nil();
  bool visit_boolean(bool) { return other(); }
  bool visit_positive_integer(std::uint64_t value) { return integer(value); }
  bool visit_negative_integer(std::int64_t value) { return integer(value); }
  bool visit_float32(float value) { return real(value); }
  bool visit_float64(double value) { return real(value); }
  bool visit_str(const char* text, std::uint32_t size);
  bool visit_bin(const char*, std::uint32_t) { return other(); }
  bool visit_ext(const char*, std::uint32_t) { return refuse(decode_errc::unsupported_value); }
  bool start_array(std::uint32_t count);
  bool start_array_item() noexcept;
  bool end_array() noexcept;
  bool start_map(std::uint32_t count);
  bool start_map_key() noexcept;
  bool end_map_key() noexcept;
  bool end_map() noexcept;
  void parse_error(std::size_t, std::size_t) { refuse(decode_errc::malformed); }
  void insufficient_bytes(std::size_t, std::size_t) { refuse(decode_errc::malformed); }

  bool refuse(decode_errc error) noexcept {
    if (result.error == decode_errc::ok)
      result.error = error;
    return false;
  }
  /// Takes `end` for the end of the payload: nothing follows the fifth element.
  void end_payload(std::size_t end) noexcept {
    result.message.payload = {.format = payload_format::msgpack,
                              .bytes = bytes_.substr(payload_begin_, end - payload_begin_),
                              .is_object = payload_is_object_};
  }

  decoded result{.is_msgpack = true};

private:
  bool is_field() const noexcept { return depth_ == 1 && field_ < envelope_field::payload; }
  bool other() noexcept;
  bool real(double value) noexcept;
  template <typename Integer>
  bool integer(Integer value) noexcept;
  bool put(decode_errc error) noexcept;
  bool open(std::uint32_t count) noexcept;

  msgpack_decoder& owner_;
  std::string_view bytes_;
  const message_limits& limits_;
  std::size_t depth_ = 0;
  std::size_t elements_ = 1; ///< the envelope itself
  std::size_t members_ = 0;  ///< of the envelope, so far
  envelope_field field_ = envelope_field::none;
  bool is_key_ = false;
  std::size_t payload_begin_ = 0;
  bool payload_is_object_ = false;
};

bool msgpack_decoder::walk::start_array_item() noexcept {
  if (depth_ == 1)
    field_ = static_cast<envelope_field>(members_++);
  return true;
}

bool msgpack_decoder::walk::visit_nil() {
  const bool is_ref = field_ == envelope_field::join_ref || field_ == envelope_field::ref;
  return (depth_ == 1 && is_ref) || other();
}

// A value that only a payload may hold.
bool msgpack_decoder::walk::other() noexcept {
  if (is_key_)
    return refuse(decode_errc::invalid_string);
  if (is_field())
    return refuse(decode_errc::wrong_type);
  return true;
}

bool msgpack_decoder::walk::real(double value) noexcept {
  // JSON has no word for them.
  if (!std::isfinite(value))
    return refuse(decode_errc::unsupported_value);
  return other();
}

template <typename Integer>
bool msgpack_decoder::walk::integer(Integer value) noexcept {
  if (!is_field() || is_key_)
    return other();
  if (field_ > envelope_field::ref)
    return refuse(decode_errc::wrong_type);
  auto& digits = owner_.digits_[static_cast<std::size_t>(field_)];
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return put(put_integer(result.message, field_, {digits.data(), static_cast<std::size_t>(end - digits.data())}));
}

bool msgpack_decoder::walk::visit_str(const char* text, std::uint32_t size) {
  // msgpack-cxx passes any pointer with an empty string.
  const std::string_view string = size == 0 ? std::string_view{} : std::string_view{text, size};
  if (!is_utf8(string))
    return refuse(decode_errc::invalid_string);
  if (is_key_) {
    owner_.keys_.add(string);
    return true;
  }
  if (!is_field())
    return true;
  // The payload begins where the event ends; an event that is no name is refused in any case.
  if (field_ == envelope_field::event && size > 0)
    payload_begin_ = static_cast<std::size_t>(text - bytes_.data()) + size;
  return put(put_string(result.message, field_, string));
}

bool msgpack_decoder::walk::put(decode_errc error) noexcept { return error == decode_errc::ok || refuse(error); }

bool msgpack_decoder::walk::open(std::uint32_t count) noexcept {
  if (is_key_)
    return refuse(decode_errc::invalid_string);
  if (is_field())
    return refuse(decode_errc::wrong_type);
  if (depth_ >= limits_.depth_max)
    return refuse(decode_errc::too_deep);
  // All of them at once: a lying count is refused before its elements are looked for.
  if (elements_ > limits_.elements_max || count > limits_.elements_max - elements_)
    return refuse(decode_errc::too_many_elements);
  elements_ += count;
  ++depth_;
  return true;
}

bool msgpack_decoder::walk::start_array(std::uint32_t count) {
  if (depth_ == 0 && count != envelope_size)
    return refuse(decode_errc::wrong_arity);
  return open(count);
}

bool msgpack_decoder::walk::end_array() noexcept {
  --depth_;
  return true;
}

bool msgpack_decoder::walk::start_map(std::uint32_t count) {
  payload_is_object_ = payload_is_object_ || depth_ == 1;
  if (!open(count))
    return false;
  owner_.keys_.open();
  return true;
}

bool msgpack_decoder::walk::start_map_key() noexcept {
  is_key_ = true;
  return true;
}

bool msgpack_decoder::walk::end_map_key() noexcept {
  is_key_ = false;
  return true;
}

bool msgpack_decoder::walk::end_map() noexcept {
  --depth_;
  return owner_.keys_.close() || refuse(decode_errc::duplicate_key);
}

decoded msgpack_decoder::decode(std::string_view bytes, const message_limits& limits) {
  keys_.clear();
  walk visitor{*this, bytes, limits};
  std::size_t end = 0;
  const bool is_parsed = msgpack::parse(bytes.data(), bytes.size(), end, visitor);
  if (is_parsed && end != bytes.size())
    visitor.refuse(decode_errc::malformed);
  else if (is_parsed)
    visitor.end_payload(end);
  return visitor.result;
}

} // namespace lintel::protocol
