#include "app/json_slices.hpp"
#include "app/publication.hpp"
#include "app/request_refused.hpp"
#include "protocol/topic_name.hpp"

#include "tests/fuzz/fuzz_input.hpp"

#include <rapidjson/document.h>

#include <string>

// What publishers send who are no members: the JSON around their messages, and the messages.

namespace {

using namespace lintel::app;
using lintel::fuzz::check;

bool is_json(std::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  return !document.HasParseError();
}

void check_message(const lintel::protocol::message_ptr& message) {
  const auto& view = message->view();
  check(lintel::protocol::is_name(view.topic) && lintel::protocol::is_name(view.event), "names are names");
  check(view.payload.is_object && members_of(view.payload.bytes).has_value(), "a payload is an object");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(bytes), size};
  if (const auto members = members_of(text)) {
    check(is_json(text), "what is cut is JSON");
    for (const auto& member : *members)
      check(is_json(member.value), "a member's value is JSON");
  }
  if (const auto elements = elements_of(text))
    for (const auto element : *elements)
      check(is_json(element), "an element is JSON");
  try {
    check_message(read_publication(text, {}));
  } catch (const request_refused&) { // as it should be
  }
  try {
    for (const auto& message : read_publications(text, {}))
      check_message(message);
  } catch (const request_refused&) { // as it should be
  }
  return 0;
}
