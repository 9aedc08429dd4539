#include "tests/fuzz/decoded_checks.hpp"

#include <string>

// Phoenix's binary push: the input behind its kind byte.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace lintel;
  const fuzz::input input{bytes, size};
  const std::string frame = std::string(1, '\0').append(input.rest());
  static protocol::decoder any{{}};
  const protocol::decoded result = any.decode_binary(frame);
  fuzz::check_decoded(result);
  if (result.error != protocol::decode_errc::ok)
    return 0;
  const protocol::message_view& message = result.message;
  fuzz::check(5 + message.join_ref.text.size() + message.ref.text.size() + message.topic.size() +
                      message.event.size() + message.payload.bytes.size() ==
                  frame.size(),
              "every byte of a push is in some field");
  return 0;
}
