#include "protocol/binary_decoder.hpp"

#include "protocol/envelope.hpp"
#include "protocol/utf8.hpp"

#include <array>
#include <cstddef>

namespace lintel::protocol {

decoded decode_binary_push(std::string_view bytes) noexcept {
  constexpr std::array fields{envelope_field::join_ref, envelope_field::ref, envelope_field::topic,
                              envelope_field::event};
  constexpr std::size_t header_size = 1 + fields.size();
  decoded result;
  if (bytes.size() < header_size) {
    result.error = decode_errc::malformed;
    return result;
  }
  std::string_view rest = bytes.substr(header_size);
  for (std::size_t at = 0; at < fields.size(); ++at) {
    const auto size = static_cast<unsigned char>(bytes[1 + at]);
    if (rest.size() < size) {
      result.error = decode_errc::malformed;
      return result;
    }
    const std::string_view text = rest.substr(0, size);
    rest.remove_prefix(size);
    const bool is_ref = fields[at] <= envelope_field::ref;
    if (text.empty() && is_ref)
      continue;
    // A bad name ends nothing here: all fields stand in one row, and what is whole can be answered.
    const decode_errc error =
        is_utf8(text) ? put_string(result.message, fields[at], text) : decode_errc::invalid_string;
    if (result.error == decode_errc::ok)
      result.error = error;
  }
  result.message.payload = {.format = payload_format::binary, .bytes = rest, .is_object = true};
  return result;
}

} // namespace lintel::protocol
