#include "protocol/envelope.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

TEST_CASE("each string goes to its own field") {
  message_view message;
  CHECK(put_string(message, envelope_field::join_ref, "1") == decode_errc::ok);
  CHECK(put_string(message, envelope_field::ref, "2") == decode_errc::ok);
  CHECK(put_string(message, envelope_field::topic, "room:a") == decode_errc::ok);
  CHECK(put_string(message, envelope_field::event, "e") == decode_errc::ok);
  CHECK(message.join_ref == string_ref("1"));
  CHECK(message.ref == string_ref("2"));
  CHECK(message.topic == "room:a");
  CHECK(message.event == "e");
}

TEST_CASE("a topic that is no name or too long is kept for the error reply") {
  message_view message;
  CHECK(put_string(message, envelope_field::topic, "room a") == decode_errc::invalid_topic);
  CHECK(message.topic == "room a");
  message_view other;
  const std::string too_long(256, 'a');
  CHECK(put_string(other, envelope_field::topic, too_long) == decode_errc::invalid_topic);
  CHECK(other.topic == too_long);
}

TEST_CASE("a ref of 255 bytes passes, a longer one does not") {
  message_view message;
  const std::string longest(255, '7');
  CHECK(put_string(message, envelope_field::ref, longest) == decode_errc::ok);
  CHECK(put_string(message, envelope_field::join_ref, longest + '7') == decode_errc::invalid_ref);
  CHECK(message.join_ref.is_null());
}

TEST_CASE("an integer is a ref and nothing else") {
  message_view message;
  CHECK(put_integer(message, envelope_field::ref, "7") == decode_errc::ok);
  CHECK(message.ref == integer_ref("7"));
  CHECK(put_integer(message, envelope_field::topic, "7") == decode_errc::wrong_type);
  CHECK(put_integer(message, envelope_field::event, "7") == decode_errc::wrong_type);
}
