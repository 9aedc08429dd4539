#include "protocol/decode_error.hpp"

namespace lintel::protocol {

std::string_view describe(decode_errc error) noexcept {
  switch (error) {
  case decode_errc::ok: return "ok";
  case decode_errc::malformed: return "malformed message";
  case decode_errc::too_deep: return "too deep";
  case decode_errc::too_many_elements: return "too many elements";
  case decode_errc::wrong_arity: return "wrong arity";
  case decode_errc::wrong_type: return "wrong type";
  case decode_errc::invalid_ref: return "invalid ref";
  case decode_errc::invalid_topic: return "invalid topic";
  case decode_errc::invalid_event: return "invalid event";
  case decode_errc::duplicate_key: return "duplicate key";
  case decode_errc::invalid_number: return "invalid number";
  case decode_errc::invalid_string: return "invalid string";
  case decode_errc::unsupported_kind: return "unsupported kind";
  case decode_errc::unsupported_value: return "unsupported value";
  }
  return "unknown error";
}

close_reason close_reason_of(decode_errc error) noexcept {
  return error == decode_errc::unsupported_kind ? close_reason::unsupported_data : close_reason::invalid_data;
}

} // namespace lintel::protocol
