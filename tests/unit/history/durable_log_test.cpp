// What every durable log promises, on each that there is.
#include "tests/unit/history/log_stage.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using offsets = std::vector<std::uint64_t>;
using refusals = std::vector<scribe::refusal>;

#define LOG_TEST_CASE(name) TEMPLATE_TEST_CASE(name, "", fake_stage, rocks_stage)

LOG_TEST_CASE("a topic never heard of is empty and has an epoch, the same for all who look") {
  TestType stage;
  const auto first = opened(*stage.log, "room:a");
  CHECK(first.error == log_error::none);
  CHECK_FALSE(first.epoch.empty());
  CHECK(first.last == 0);
  CHECK(first.first == 1);
  CHECK(first.tail.empty());
  CHECK(opened(*stage.log, "room:a").epoch == first.epoch);
  CHECK(opened(*stage.log, "room:b").epoch != first.epoch);
}

LOG_TEST_CASE("what was stored is read as it was said") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  const auto epoch = opened(*stage.log, "room:a").epoch;
  writer->append(*stage.log, {.offset = 1, .payload = R"({"body":"hi"})", .key = "k", .at_ms = 1'700'000'000'123});
  REQUIRE(writer->wait_stored(1));
  const auto found = read(*stage.log, "room:a");
  REQUIRE(found.entries.size() == 1);
  const auto& it = found.entries.front();
  CHECK(it.offset == 1);
  CHECK(it.at_ms == 1'700'000'000'123);
  CHECK(it.message->view().topic == "room:a");
  CHECK(it.message->view().event == "said");
  CHECK(it.message->view().payload.bytes == R"({"body":"hi"})");
  CHECK(it.message->view().payload.is_object);
  CHECK(opened(*stage.log, "room:a").epoch == epoch);
}

LOG_TEST_CASE("an order sees all orders of its topic before it") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 50; ++i)
    writer->append(*stage.log, {.offset = i});
  CHECK(opened(*stage.log, "room:a").last == 50);
  for (std::uint64_t i = 51; i <= 80; ++i)
    writer->append(*stage.log, {.offset = i});
  CHECK(offsets_of(read(*stage.log, "room:a", {.after = 78}).entries) == offsets{79, 80});
}

LOG_TEST_CASE("topics do not see each other") {
  TestType stage;
  const auto a = scribe::of("room:a");
  const auto b = scribe::of("room:ab");
  a->fill(*stage.log, 1, 3);
  b->fill(*stage.log, 1, 2);
  CHECK(offsets_of(read(*stage.log, "room:a").entries) == offsets{1, 2, 3});
  CHECK(offsets_of(read(*stage.log, "room:ab").entries) == offsets{1, 2});
  CHECK(read(*stage.log, "room:").entries.empty());
}

LOG_TEST_CASE("a range is between two offsets, counted from one end, and answered in order") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 10);
  const auto between = [&](range which) { return offsets_of(read(*stage.log, "room:a", which).entries); };
  CHECK(between({}) == offsets{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(between({.after = 7}) == offsets{8, 9, 10});
  CHECK(between({.before = 3}) == offsets{1, 2});
  CHECK(between({.after = 3, .before = 6}) == offsets{4, 5});
  CHECK(between({.after = 3, .before = 4}).empty());
  CHECK(between({.after = 10}).empty());
  CHECK(between({.after = UINT64_MAX}).empty());
  CHECK(between({.before = 0}).empty());
  CHECK(between({.before = 1}).empty());
  CHECK(between({.count_max = 3}) == offsets{1, 2, 3});
  CHECK(between({.count_max = 3, .is_newest_first = true}) == offsets{8, 9, 10});
  CHECK(between({.before = 5, .count_max = 2, .is_newest_first = true}) == offsets{3, 4});
  CHECK(between({.after = 9, .count_max = 5, .is_newest_first = true}) == offsets{10});
  CHECK(between({.count_max = 0}).empty());
}

LOG_TEST_CASE("a range is cut by its bytes, but one message is always read") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 5; ++i)
    writer->append(*stage.log, {.offset = i, .payload = std::string(96, '1')}); // and an event of 4 bytes
  REQUIRE(writer->wait_stored(5));
  const auto with = [&](std::uint64_t bytes, bool newest) {
    return offsets_of(read(*stage.log, "room:a", {.bytes_max = bytes, .is_newest_first = newest}).entries);
  };
  CHECK(with(200, false) == offsets{1, 2});
  CHECK(with(299, false) == offsets{1, 2});
  CHECK(with(300, true) == offsets{3, 4, 5});
  CHECK(with(1, false) == offsets{1});
  CHECK(with(1, true) == offsets{5});
}

LOG_TEST_CASE("an opened topic has its newest messages, as many and as much as asked for") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 5; ++i)
    writer->append(*stage.log, {.offset = i, .payload = std::string(96, '1')});
  REQUIRE(writer->wait_stored(5));
  const auto tail = [&](std::uint32_t count, std::uint64_t bytes) {
    return offsets_of(opened(*stage.log, "room:a", keep_much, count, bytes).tail);
  };
  CHECK(tail(2, 1000) == offsets{4, 5});
  CHECK(tail(10, 1000) == offsets{1, 2, 3, 4, 5});
  CHECK(tail(10, 300) == offsets{3, 4, 5});
  CHECK(tail(10, 99).empty());
  CHECK(tail(0, 1000).empty());
}

LOG_TEST_CASE("the keys of the last five minutes come with an opened topic") {
  TestType stage;
  constexpr std::int64_t now = 1'700'000'000'000;
  stage.set_now(now);
  const auto writer = scribe::of("room:a");
  writer->append(*stage.log, {.offset = 1, .key = "old", .at_ms = now - 301'000});
  writer->append(*stage.log, {.offset = 2, .key = "one", .at_ms = now - 299'000});
  writer->append(*stage.log, {.offset = 3, .at_ms = now - 1'000});
  writer->append(*stage.log, {.offset = 4, .key = "two", .at_ms = now});
  REQUIRE(writer->wait_stored(4));
  const auto keys = opened(*stage.log, "room:a", keep_much, 1).keys;
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].key == "one");
  CHECK(keys[0].offset == 2);
  CHECK(keys[0].at_ms == now - 299'000);
  CHECK(keys[1].key == "two");
  CHECK(keys[1].offset == 4);
}

LOG_TEST_CASE("a message that does not follow is refused, and its writer is told what would") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 2);
  writer->append(*stage.log, {.offset = 4, .term = 0});
  CHECK(writer->wait_refused(1) == refusals{{0, 3, log_error::misplaced}});
  writer->append(*stage.log, {.offset = 3, .payload = "3", .term = 1});
  REQUIRE(writer->wait_stored(3));
  CHECK(offsets_of(read(*stage.log, "room:a").entries) == offsets{1, 2, 3});
}

LOG_TEST_CASE("nothing of a term that has failed is stored, even if its offset would follow") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 1);
  writer->append(*stage.log, {.offset = 9, .term = 0});
  writer->append(*stage.log, {.offset = 2, .payload = "late", .term = 0});
  CHECK(writer->wait_refused(2) == refusals{{0, 2, log_error::misplaced}, {0, 2, log_error::misplaced}});
  writer->append(*stage.log, {.offset = 2, .payload = "new", .term = 1});
  REQUIRE(writer->wait_stored(2));
  CHECK(payloads_of(read(*stage.log, "room:a").entries) == std::vector<std::string>{"1", "new"});
}

LOG_TEST_CASE("another writer of the topic has terms of his own") {
  TestType stage;
  const auto before = scribe::of("room:a");
  before->append(*stage.log, {.offset = 5, .term = 7});
  CHECK(before->wait_refused(1) == refusals{{7, 1, log_error::misplaced}});
  const auto after = scribe::of("room:a");
  after->append(*stage.log, {.offset = 1, .term = 0});
  CHECK(after->wait_stored(1));
}

LOG_TEST_CASE("only so many messages are kept, and the offsets go on") {
  TestType stage;
  const retention keep{.count_max = 10, .age_max = keep_much.age_max, .bytes_max = keep_much.bytes_max};
  opened(*stage.log, "room:a", keep);
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 200);
  const auto found = opened(*stage.log, "room:a", keep);
  CHECK(found.last == 200);
  CHECK(found.first == 191);
  CHECK(offsets_of(found.tail) == offsets{191, 192, 193, 194, 195, 196, 197, 198, 199, 200});
  const auto some = read(*stage.log, "room:a", {.after = 3, .count_max = 2});
  CHECK(some.first == 191);
  CHECK(offsets_of(some.entries) == offsets{191, 192});
}

LOG_TEST_CASE("only so many bytes are kept") {
  TestType stage;
  const retention keep{.count_max = 1000, .age_max = keep_much.age_max, .bytes_max = 1000};
  opened(*stage.log, "room:a", keep);
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 40; ++i)
    writer->append(*stage.log, {.offset = i, .payload = std::string(96, '1')});
  REQUIRE(writer->wait_stored(40));
  const auto found = opened(*stage.log, "room:a", keep);
  CHECK(found.first == 31);
  CHECK(found.last == 40);
  CHECK(read(*stage.log, "room:a").entries.front().offset == 31);
}

LOG_TEST_CASE("messages are kept only so long") {
  TestType stage;
  constexpr std::int64_t now = 1'700'000'000'000;
  stage.set_now(now);
  const retention keep{.count_max = 1000, .age_max = std::chrono::seconds{60}, .bytes_max = keep_much.bytes_max};
  opened(*stage.log, "room:a", keep);
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 10; ++i)
    writer->append(*stage.log, {.offset = i, .at_ms = now + static_cast<std::int64_t>(i) * 1000});
  REQUIRE(writer->wait_stored(10));
  CHECK(opened(*stage.log, "room:a", keep).first == 1);
  stage.set_now(now + 66'500);
  CHECK(opened(*stage.log, "room:a", keep).first == 7);
  CHECK(offsets_of(read(*stage.log, "room:a").entries) == offsets{7, 8, 9, 10});
  stage.set_now(now + 600'000);
  const auto found = opened(*stage.log, "room:a", keep);
  CHECK(found.first == 11);
  CHECK(found.last == 10);
  CHECK(found.tail.empty());
  writer->append(*stage.log, {.offset = 11, .at_ms = now + 600'000});
  CHECK(writer->wait_stored(11));
}

LOG_TEST_CASE("a topic that is reset begins again, under another epoch") {
  TestType stage;
  const auto writer = scribe::of("room:a");
  const auto before = opened(*stage.log, "room:a").epoch;
  writer->fill(*stage.log, 1, 3);
  const auto begun = reset(*stage.log, "room:a");
  CHECK(begun.error == log_error::none);
  CHECK(begun.last == 0);
  CHECK(begun.first == 1);
  CHECK(begun.epoch != before);
  CHECK(read(*stage.log, "room:a").entries.empty());
  const auto next = scribe::of("room:a");
  next->append(*stage.log, {.offset = 1, .payload = "new"});
  REQUIRE(next->wait_stored(1));
  const auto found = opened(*stage.log, "room:a");
  CHECK(found.epoch == begun.epoch);
  CHECK(payloads_of(found.tail) == std::vector<std::string>{"new"});
  CHECK(reset(*stage.log, "room:a").epoch != begun.epoch);
}
