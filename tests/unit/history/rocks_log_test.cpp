#include "tests/support/captured_log.hpp"
#include "tests/unit/history/log_stage.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::history::log_unavailable;
using lintel::history::rocks_log;
using offsets = std::vector<std::uint64_t>;
using refusals = std::vector<scribe::refusal>;

TEST_CASE("a log that is opened again has everything that was stored, under the same epochs") {
  rocks_stage stage;
  const auto a = scribe::of("room:a");
  const auto epoch = opened(*stage.log, "room:a").epoch;
  const auto empty = opened(*stage.log, "room:empty").epoch;
  a->fill(*stage.log, 1, 50);
  a->append(*stage.log, {.offset = 51, .payload = "51", .until = level::written});
  REQUIRE(a->wait_stored(51));
  stage.reopen();
  const auto found = opened(*stage.log, "room:a");
  CHECK(found.epoch == epoch);
  CHECK(found.last == 51);
  CHECK(found.first == 1);
  CHECK(read(*stage.log, "room:a").entries.size() == 51);
  CHECK(opened(*stage.log, "room:empty").epoch == empty);
  a->append(*stage.log, {.offset = 52});
  CHECK(a->wait_stored(52));
}

TEST_CASE("what is kept of a topic holds after the log was opened again, and where nothing is left") {
  rocks_stage stage;
  constexpr std::int64_t now = 1'700'000'000'000;
  stage.set_now(now);
  const retention keep{.count_max = 5, .age_max = std::chrono::seconds{60}, .bytes_max = 1 << 20};
  opened(*stage.log, "room:a", keep);
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 90; ++i)
    writer->append(*stage.log, {.offset = i, .at_ms = now});
  REQUIRE(writer->wait_stored(90));
  stage.reopen();
  CHECK(read(*stage.log, "room:a").first == 86);
  stage.set_now(now + 61'000);
  CHECK(read(*stage.log, "room:a").first == 91);
  stage.reopen();
  const auto found = opened(*stage.log, "room:a", keep);
  CHECK(found.last == 90);
  CHECK(found.first == 91);
}

TEST_CASE("a topic that was reset stays so after the log was opened again") {
  rocks_stage stage;
  scribe::of("room:a")->fill(*stage.log, 1, 3);
  const auto epoch = reset(*stage.log, "room:a").epoch;
  stage.reopen();
  const auto found = opened(*stage.log, "room:a");
  CHECK(found.epoch == epoch);
  CHECK(found.last == 0);
}

TEST_CASE("topics that are only looked at cost no disk") {
  rocks_stage stage;
  scribe::of("room:a")->fill(*stage.log, 1, 1);
  const auto size = [&] {
    std::uintmax_t sum = 0;
    for (const auto& file : std::filesystem::directory_iterator{stage.options.directory})
      sum += file.is_regular_file() ? file.file_size() : 0;
    return sum;
  };
  const auto before = size();
  for (int i = 0; i < 500; ++i)
    opened(*stage.log, "room:" + std::to_string(i));
  CHECK(size() == before);
}

TEST_CASE("a directory has one log, and the second says so in a sentence") {
  rocks_stage stage;
  CHECK_THROWS_WITH(rocks_log{stage.options}, Catch::Contains("belongs to another process that is running"));
}

TEST_CASE("a directory that cannot be made is named") {
  rocks_stage stage;
  auto options = stage.options;
  options.directory = stage.place.path / "no" / "such";
  CHECK_THROWS_WITH(rocks_log{options}, Catch::Contains("cannot make the directory") && Catch::Contains("no/such"));
}

TEST_CASE("a log that closes carries out what is queued, and answers `closed` to what comes later") {
  rocks_stage stage;
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 2000; ++i)
    writer->append(*stage.log, {.offset = i, .until = level::written});
  stage.log->close();
  CHECK(writer->stored_so_far() == 2000);
  writer->append(*stage.log, {.offset = 2001});
  CHECK(writer->wait_refused(1) == refusals{{0, 2001, log_error::closed}});
  CHECK(opened(*stage.log, "room:a").error == log_error::closed);
  CHECK(read(*stage.log, "room:a").error == log_error::closed);
  CHECK(reset(*stage.log, "room:a").error == log_error::closed);
}

TEST_CASE("a writer is told once per batch how far it has got") {
  rocks_stage stage;
  const auto writer = scribe::of("room:a");
  for (std::uint64_t i = 1; i <= 5000; ++i)
    writer->append(*stage.log, {.offset = i, .until = level::written});
  REQUIRE(writer->wait_stored(5000));
  const auto& stats = stage.log->stats();
  CHECK(writer->answers() == stats.batches);
  CHECK(stats.batches >= 5); // of 1,024 messages at the most
  CHECK(stats.batches < 5000);
  CHECK(stats.stored_messages == 5000);
  CHECK(stats.stored_bytes == 5000 * (4 + 2));
  CHECK(stats.waiting_time.read().count() == 5000);
  CHECK(stage.log->waiting_bytes() == 0);
}

TEST_CASE("many topics share a batch, and each is told of its own") {
  rocks_stage stage;
  std::vector<std::shared_ptr<scribe>> writers;
  for (int i = 0; i < 200; ++i)
    writers.push_back(scribe::of("room:" + std::to_string(i)));
  for (std::uint64_t offset = 1; offset <= 20; ++offset)
    for (const auto& each : writers)
      each->append(*stage.log, {.offset = offset, .until = level::written});
  for (const auto& each : writers)
    CHECK(each->wait_stored(20));
  CHECK(stage.log->stats().batches < 4000);
}

TEST_CASE("old messages are deleted from topics that nobody visits") {
  rocks_stage stage;
  constexpr std::int64_t now = 1'700'000'000'000;
  stage.log.reset();
  stage.options.sweep_period = std::chrono::milliseconds{1};
  stage.options.topic_idle_max = std::chrono::milliseconds{1};
  stage.log = std::make_unique<rocks_log>(stage.options);
  stage.set_now(now);
  const retention keep{.count_max = 1000, .age_max = std::chrono::seconds{60}, .bytes_max = 1 << 20};
  for (int i = 0; i < 300; ++i) {
    const auto topic = "room:" + std::to_string(i);
    opened(*stage.log, topic, keep);
    const auto writer = scribe::of(topic);
    for (std::uint64_t offset = 1; offset <= 4; ++offset)
      writer->append(*stage.log, {.offset = offset, .until = level::written, .at_ms = now});
    REQUIRE(writer->wait_stored(4));
  }
  CHECK(stage.log->stats().trims == 0);
  stage.set_now(now + 61'000);
  while (stage.log->stats().trims < 300)
    std::this_thread::yield();
  const auto found = opened(*stage.log, "room:7", keep);
  CHECK(found.first == 5);
  CHECK(found.last == 4);
  stage.set_now(now); // what was deleted does not come back with the time
  CHECK(read(*stage.log, "room:7").first == 5);
  CHECK(read(*stage.log, "room:299").entries.empty());
}

TEST_CASE("a topic that the log has to look for is found by whatever is ordered first") {
  rocks_stage stage;
  opened(*stage.log, "room:a");
  scribe::of("room:a")->fill(*stage.log, 1, 150);
  const retention keep{.count_max = 20, .age_max = keep_much.age_max, .bytes_max = keep_much.bytes_max};
  const auto writer = scribe::of("room:a");
  SECTION("opening it") {
    stage.reopen();
    const auto found = opened(*stage.log, "room:a", keep, 2);
    CHECK(found.first == 131);
    CHECK(offsets_of(found.tail) == offsets{149, 150});
    stage.reopen(); // and what is to be kept is known from then on
    CHECK(read(*stage.log, "room:a").first == 131);
  }
  SECTION("reading it") {
    stage.reopen();
    CHECK(offsets_of(read(*stage.log, "room:a", {.after = 148}).entries) == offsets{149, 150});
  }
  SECTION("appending to it, while others wait") {
    stage.reopen();
    writer->append(*stage.log, {.offset = 151});
    writer->append(*stage.log, {.offset = 152});
    CHECK(opened(*stage.log, "room:a").last == 152);
    CHECK(writer->stored_so_far() == 152);
  }
}

TEST_CASE("a topic that nobody asks about is forgotten in memory, but not how much is to be kept of it") {
  rocks_stage stage;
  stage.log.reset();
  stage.options.topic_idle_max = std::chrono::milliseconds{1};
  stage.log = std::make_unique<rocks_log>(stage.options);
  const retention keep{.count_max = 3, .age_max = keep_much.age_max, .bytes_max = keep_much.bytes_max};
  opened(*stage.log, "room:a", keep);
  while (stage.log->stats().topics_in_memory > 0)
    std::this_thread::yield();
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 9);
  while (stage.log->stats().topics_in_memory > 0)
    std::this_thread::yield();
  CHECK(offsets_of(read(*stage.log, "room:a").entries) == offsets{7, 8, 9});
  writer->append(*stage.log, {.offset = 10});
  CHECK(writer->wait_stored(10));
}
