#include "protocol/envelope.hpp"

#include "protocol/limits.hpp"
#include "protocol/topic_name.hpp"

namespace lintel::protocol {

namespace {

decode_errc put_ref(ref_view& to, ref_view ref) noexcept {
  if (ref.text.size() > name_bytes_max)
    return decode_errc::invalid_ref;
  to = ref;
  return decode_errc::ok;
}

decode_errc put_name(std::string_view& to, std::string_view name, decode_errc fault) noexcept {
  to = name; // also when it is bad: the error reply names the topic
  return is_name(name) ? decode_errc::ok : fault;
}

} // namespace

decode_errc put_string(message_view& message, envelope_field where, std::string_view text) noexcept {
  switch (where) {
  case envelope_field::join_ref: return put_ref(message.join_ref, {ref_view::type::string, text});
  case envelope_field::ref: return put_ref(message.ref, {ref_view::type::string, text});
  case envelope_field::topic: return put_name(message.topic, text, decode_errc::invalid_topic);
  case envelope_field::event: return put_name(message.event, text, decode_errc::invalid_event);
  case envelope_field::payload:
  case envelope_field::none: break;
  }
  return decode_errc::wrong_type;
}

decode_errc put_integer(message_view& message, envelope_field where, std::string_view digits) noexcept {
  if (where == envelope_field::join_ref)
    return put_ref(message.join_ref, {ref_view::type::integer, digits});
  if (where == envelope_field::ref)
    return put_ref(message.ref, {ref_view::type::integer, digits});
  return decode_errc::wrong_type;
}

} // namespace lintel::protocol
