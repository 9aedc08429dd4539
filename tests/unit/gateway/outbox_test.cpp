#include "gateway/outbox.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>

#include <array>
#include <string>
#include <vector>

using namespace lintel::gateway;
using lintel::protocol::encoded_frame;
using lintel::protocol::encoded_frame_ptr;
using lintel::protocol::opcode;

namespace {

encoded_frame_ptr frame(std::string_view payload) { return encoded_frame::make(opcode::text, payload); }

constexpr outbox_limits roomy{};

/// Sends up to `most` bytes, as a socket that takes no more at once.
std::string send(outbox& box, std::size_t most, std::size_t parts_at_once = 64) {
  std::vector<iovec> parts(parts_at_once);
  std::string out;
  for (std::size_t i = 0, count = box.gather(parts); i < count && out.size() < most; ++i)
    out.append(static_cast<const char*>(parts[i].iov_base), std::min(parts[i].iov_len, most - out.size()));
  box.sent(out.size());
  return out;
}

const std::vector<std::string> payloads{"first", "", "third frame", std::string(200, 'x'), "5"};

std::string all_bytes() {
  std::string out;
  for (const auto& p : payloads)
    out.append(frame(p)->bytes());
  return out;
}

outbox filled() {
  outbox box;
  for (const auto& p : payloads)
    (void)box.enqueue(frame(p), roomy);
  return box;
}

} // namespace

TEST_CASE("a new outbox is empty") {
  const outbox box;
  CHECK(box.is_empty());
  CHECK(box.frames() == 0);
  CHECK(box.bytes() == 0);
}

TEST_CASE("an outbox with too many frames asks for the connection to be closed") {
  outbox box;
  const outbox_limits two{.frames_max = 2};
  CHECK(box.enqueue(frame("a"), two) == enqueue_status::queued);
  CHECK(box.enqueue(frame("b"), two) == enqueue_status::queued);
  CHECK(box.enqueue(frame("c"), two) == enqueue_status::must_close);
  CHECK(box.frames() == 2);
}

TEST_CASE("the limit of bytes counts headers and may be met exactly") {
  outbox box;
  const outbox_limits ten{.bytes_max = 10};
  CHECK(box.enqueue(frame("abc"), ten) == enqueue_status::queued);
  CHECK(box.enqueue(frame("def"), ten) == enqueue_status::queued);
  CHECK(box.bytes() == 10);
  CHECK(box.enqueue(frame(""), ten) == enqueue_status::must_close);
  CHECK(box.bytes() == 10);
}

TEST_CASE("a single frame fits into any empty outbox") {
  outbox box;
  const outbox_limits none{.bytes_max = 0, .frames_max = 0};
  CHECK(box.enqueue(frame("larger than the limit"), none) == enqueue_status::queued);
  CHECK(box.enqueue(frame("x"), none) == enqueue_status::must_close);
}

TEST_CASE("what was sent makes room again") {
  outbox box;
  const outbox_limits one{.frames_max = 1};
  REQUIRE(box.enqueue(frame("a"), one) == enqueue_status::queued);
  send(box, 2); // not all of it
  CHECK(box.enqueue(frame("b"), one) == enqueue_status::must_close);
  send(box, 1);
  CHECK(box.enqueue(frame("b"), one) == enqueue_status::queued);
}

TEST_CASE("whatever a socket takes at once, the bytes arrive whole and in order") {
  const auto expected = all_bytes();
  for (std::size_t most = 1; most <= expected.size(); ++most)
    for (const std::size_t parts : {1u, 2u, 64u}) {
      auto box = filled();
      std::string got;
      while (!box.is_empty()) {
        REQUIRE(box.bytes() == expected.size() - got.size());
        got += send(box, most, parts);
      }
      REQUIRE(got == expected);
      REQUIRE(box.frames() == 0);
    }
}

TEST_CASE("dropping what is unsent finishes the frame that was begun, at every byte") {
  const auto expected = all_bytes();
  for (std::size_t offset = 0; offset <= expected.size(); ++offset) {
    auto box = filled();
    auto got = send(box, offset);
    box.drop_unsent();
    const auto left = box.bytes();
    while (!box.is_empty())
      got += send(box, 1000);
    REQUIRE(got.size() == offset + left);
    REQUIRE(expected.starts_with(got));
    // The end is the end of a frame: the first one at or after the offset.
    std::size_t boundary = 0;
    for (const auto& p : payloads) {
      if (boundary >= offset)
        break;
      boundary += frame(p)->size();
    }
    REQUIRE(got.size() == boundary);
  }
}

TEST_CASE("the close frame is last and passes every limit") {
  outbox box;
  const outbox_limits one{.frames_max = 1};
  REQUIRE(box.enqueue(frame("half sent"), one) == enqueue_status::queued);
  auto got = send(box, 3);
  REQUIRE(box.enqueue(frame("too many"), one) == enqueue_status::must_close);
  box.drop_unsent();
  const auto last = encoded_frame::make(opcode::close, "\x03\xf5");
  box.enqueue_last(last);
  while (!box.is_empty())
    got += send(box, 1000);
  CHECK(got == std::string{frame("half sent")->bytes()}.append(last->bytes()));
}

TEST_CASE("an outbox that is never quite empty holds no memory of what it sent") {
  outbox box;
  const auto same = frame("x");
  const auto once = [&] {
    (void)box.enqueue(same, roomy);
    if (box.frames() > 2)
      send(box, same->size());
  };
  for (int i = 0; i < 100; ++i)
    once();
  const auto in_use = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  const auto before = in_use();
  for (int i = 0; i < 500'000; ++i)
    once();
  CHECK(box.frames() == 2);
  CHECK(in_use() < before + 64 * 1024);
}
