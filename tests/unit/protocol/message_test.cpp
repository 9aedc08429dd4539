#include "protocol/message.hpp"

#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace lintel::protocol;
using namespace lintel::protocol::test;

TEST_CASE("a copied message survives the bytes it was made of") {
  auto source = std::make_unique<std::string>("17room:anew_msg{\"n\":1}");
  const std::string_view all = *source;
  const message_ptr copy = message::copy_of({.join_ref = string_ref(all.substr(0, 1)),
                                             .ref = integer_ref(all.substr(1, 1)),
                                             .topic = all.substr(2, 6),
                                             .event = all.substr(8, 7),
                                             .payload = json(all.substr(15))});
  source.reset();
  const message_view& view = copy->view();
  CHECK(view.join_ref == string_ref("1"));
  CHECK(view.ref == integer_ref("7"));
  CHECK(view.topic == "room:a");
  CHECK(view.event == "new_msg");
  CHECK(view.payload.bytes == "{\"n\":1}");
}

TEST_CASE("a copied message keeps what is not text: null refs, format and kind of payload") {
  const std::string raw = bytes("00 ff 00");
  const auto copy = message::copy_of({.topic = "t", .event = "e", .payload = binary(raw)});
  CHECK(copy->view().join_ref.is_null());
  CHECK(copy->view().ref.is_null());
  CHECK(copy->view().payload.format == payload_format::binary);
  CHECK(copy->view().payload.bytes == raw);
  const auto list = message::copy_of({.topic = "t", .event = "e", .payload = json("[1]")});
  CHECK_FALSE(list->view().payload.is_object);
}

TEST_CASE("a message of nothing can be copied") {
  const auto copy = message::copy_of({.payload = binary("")});
  CHECK(copy->view().topic.empty());
  CHECK(copy->view().payload.bytes.empty());
}

TEST_CASE("a ref is null by its type, not by its text: the empty string is a ref") {
  CHECK(ref_view{}.is_null());
  CHECK_FALSE(string_ref("").is_null());
  CHECK_FALSE(string_ref("7") == integer_ref("7"));
}
