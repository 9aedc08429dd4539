#pragma once

#include "protocol/decoder.hpp"
#include "protocol/key_ledger.hpp"

#include <array>
#include <string_view>

namespace lintel::protocol {

/// Reads a MessagePack array of exactly five elements. Names and payload are not copied. Counts are
/// judged before anything relies on them, so five bytes cannot ask for gigabytes. Iterative;
/// keeps scratch memory; not thread-safe.
class msgpack_decoder {
public:
  /// The result refers to `bytes` and to the scratch memory.
  decoded decode(std::string_view bytes, const message_limits& limits);

private:
  class walk;

  key_ledger keys_;
  std::array<std::array<char, 20>, 2> digits_{}; ///< of an integer join_ref and ref
};

} // namespace lintel::protocol
