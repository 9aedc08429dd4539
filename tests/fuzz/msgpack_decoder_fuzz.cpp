#include "tests/fuzz/decoded_checks.hpp"

#include <string>

// The input as it is, and behind an envelope that is good up to the payload.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace lintel;
  const fuzz::input input{bytes, size};
  const std::string raw{input.rest()};
  const std::string payload = "\x95\xa1"
                              "1\xa1"
                              "7\xa1t\xa1"
                              "e" +
                              raw;
  static protocol::decoder usual{{}};
  static protocol::decoder tight{{.depth_max = 4, .elements_max = 16}};
  for (protocol::decoder* each : {&usual, &tight}) {
    fuzz::check_decoded(each->decode_binary("\x95" + raw));
    fuzz::check_decoded(each->decode_binary(raw));
    fuzz::check_decoded(each->decode_binary(payload));
  }
  return 0;
}
