#include "protocol/frame_reader.hpp"

#include "tests/unit/protocol/client_frames.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

using namespace lintel::protocol;
using namespace lintel::protocol::test;
using kind = frame_item::kind;

TEST_CASE("RFC 6455 10.4: a message of exactly the limit passes, one byte more does not") {
  const message_limits limits{.message_bytes_max = 1000};
  CHECK(reading{limits}.feed(client_frame(opcode::text, std::string(1000, 'x'))).items.size() == 1);
  CHECK(reading{limits}
            .feed(client_frame(opcode::text, std::string(1001, 'x')))
            .has_failed_with(close_reason::message_too_big));
}

TEST_CASE("RFC 6455 10.4: an oversized frame is refused by its header, before any payload") {
  for (const auto* header : {"82 ff 7f ff ff ff ff ff ff ff", "82 ff 00 00 00 01 00 00 00 00",
                             "82 ff 00 00 00 00 80 00 00 00", "82 ff 00 00 00 00 00 01 00 01"})
    CHECK(reading{}.feed(bytes(header)).has_failed_with(close_reason::message_too_big));
}

TEST_CASE("RFC 6455 10.4: the sum of the fragments counts") {
  const message_limits limits{.message_bytes_max = 100};
  reading all{limits};
  all.feed(client_frame(opcode::binary, std::string(60, 'x'), fin::no));
  CHECK(all.items.empty());
  // The header of 60 more bytes is enough.
  all.feed(client_frame(opcode::continuation, std::string(60, 'x')).substr(0, 2));
  CHECK(all.has_failed_with(close_reason::message_too_big));
}

TEST_CASE("RFC 6455 10.4: a second length close to 2^63 cannot overflow the sum") {
  reading all;
  all.feed(client_frame(opcode::binary, "x", fin::no));
  all.feed(bytes("80 ff 7f ff ff ff ff ff ff ff"));
  CHECK(all.has_failed_with(close_reason::message_too_big));
}

TEST_CASE("control frames between fragments do not count against the message") {
  const message_limits limits{.message_bytes_max = 10};
  reading all{limits};
  all.feed(client_frame(opcode::binary, "12345", fin::no));
  all.feed(client_frame(opcode::ping, std::string(125, 'p')));
  all.feed(client_frame(opcode::continuation, "67890"));
  REQUIRE(all.items.size() == 2);
  CHECK(all.items[1].payload == "1234567890");
}

TEST_CASE("endless empty fragments end as a policy violation, not as a full memory") {
  const message_limits limits{.fragments_max = 16};
  reading all{limits};
  all.feed(client_frame(opcode::text, "", fin::no));
  for (int fragment = 1; fragment < 16; ++fragment)
    all.feed(client_frame(opcode::continuation, "", fin::no));
  CHECK(all.items.empty());
  all.feed(client_frame(opcode::continuation, "", fin::no));
  CHECK(all.has_failed_with(close_reason::policy_violation));
}

TEST_CASE("a message of exactly as many fragments as allowed arrives") {
  const message_limits limits{.fragments_max = 3};
  reading all{limits};
  all.feed(client_frame(opcode::text, "a", fin::no));
  all.feed(client_frame(opcode::continuation, "b", fin::no));
  all.feed(client_frame(opcode::continuation, "c"));
  REQUIRE(all.items.size() == 1);
  CHECK(all.items[0].payload == "abc");
}

TEST_CASE("the fragments of one message are not held against the next") {
  const message_limits limits{.fragments_max = 2};
  reading all{limits};
  for (int message = 0; message < 10; ++message) {
    all.feed(client_frame(opcode::text, "a", fin::no));
    all.feed(client_frame(opcode::continuation, "b"));
  }
  CHECK(all.items.size() == 10);
}

TEST_CASE("64 KiB in fragments of one byte stop at the fragment limit") {
  reading all;
  all.feed(client_frame(opcode::binary, "x", fin::no));
  for (int fragment = 0; fragment < 65535 && !all.has_ended(); ++fragment)
    all.feed(client_frame(opcode::continuation, "x", fin::no));
  CHECK(all.has_failed_with(close_reason::policy_violation));
}

TEST_CASE("after a failure nothing of the input is left to be taken for frames") {
  std::string stream = client_frame(opcode::continuation, "x") + client_frame(opcode::text, "y");
  std::span<char> input{stream};
  frame_reader reader;
  REQUIRE(reader.next(input, {}).what == kind::failed);
  CHECK(input.empty());
}
