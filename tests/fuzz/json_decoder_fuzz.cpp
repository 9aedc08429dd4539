#include "tests/fuzz/decoded_checks.hpp"

#include <string>

// V1 and V2 text under the usual limits and under tight ones. The frame reader lets only UTF-8 in.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace lintel;
  fuzz::input input{bytes, size};
  const unsigned choice = input.choice();
  const auto wire =
      choice % 2 == 0 ? protocol::wire_format::json_v2 : protocol::wire_format::json_v1;
  // A copy of exactly the right size: AddressSanitizer sees every byte read beyond it.
  const std::string text{input.rest()};
  if (!protocol::is_utf8(text))
    return 0;
  static protocol::decoder usual{{}};
  static protocol::decoder tight{{.depth_max = 4, .elements_max = 16, .number_chars_max = 8}};
  fuzz::check_decoded(usual.decode_text(text, wire));
  fuzz::check_decoded(tight.decode_text(text, wire));
  return 0;
}
