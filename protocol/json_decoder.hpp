#pragma once

#include "protocol/decoder.hpp"
#include "protocol/key_ledger.hpp"

#include <rapidjson/reader.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::protocol {

/// The two envelopes in JSON: V2 sends arrays of five elements, V1 objects with four keys.
enum class json_envelope : std::uint8_t { array, object };

/// Reads an envelope in one pass that also validates, counts and finds the bytes of the payload,
/// so that a JSON peer is sent exactly the bytes that were checked. Iterative: nesting costs no
/// stack. Keeps scratch memory; not thread-safe.
class json_decoder {
public:
  /// `text` is valid UTF-8. The result refers to it and to the scratch memory.
  decoded decode(std::string_view text, json_envelope shape, const message_limits& limits);

private:
  class walk;

  rapidjson::Reader reader_;
  key_ledger keys_;
  std::array<char, 4 * name_bytes_max> names_{}; ///< join_ref, ref, topic and event, unescaped
  std::string long_topic_;                       ///< one that has no place there
};

} // namespace lintel::protocol
