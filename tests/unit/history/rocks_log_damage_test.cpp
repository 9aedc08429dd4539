// What a log does about bytes that are not those that were written, or not there any more.
#include "tests/support/captured_log.hpp"
#include "tests/unit/history/faulty_stage.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::history::rocks_log;
using offsets = std::vector<std::uint64_t>;
using refusals = std::vector<scribe::refusal>;

TEST_CASE("damaged messages are not served, all others are, and the log says so once") {
  rocks_stage stage;
  captured_log lines;
  const auto a = scribe::of("room:a");
  const auto b = scribe::of("room:b");
  opened(*stage.log, "room:a");
  opened(*stage.log, "room:b");
  for (std::uint64_t i = 1; i <= 200; ++i) {
    a->append(*stage.log, {.offset = i, .payload = noise(i, 1000), .until = level::written});
    b->append(*stage.log, {.offset = i, .payload = noise(1000 + i, 1000), .until = level::written});
  }
  REQUIRE(a->wait_stored(200));
  REQUIRE(b->wait_stored(200));
  stage.reopen(); // into tables
  stage.log.reset();
  REQUIRE(flip_bit_at(stage.options.directory, ".sst", noise(100, 1000).substr(100, 200)));
  stage.log = std::make_unique<rocks_log>(stage.options);

  const auto found = opened(*stage.log, "room:a", keep_much, 10);
  CHECK(found.error == log_error::none);
  CHECK(found.last == 200);
  CHECK(offsets_of(found.tail).back() == 200);
  CHECK(read(*stage.log, "room:a", {.after = 99}).error == log_error::damaged);
  CHECK(read(*stage.log, "room:a", {.before = 101, .is_newest_first = true}).error == log_error::damaged);
  const auto before = read(*stage.log, "room:a", {.after = 50});
  CHECK(before.error == log_error::none);
  CHECK(before.entries.size() < 50);
  CHECK(before.entries.front().offset == 51);
  CHECK(offsets_of(read(*stage.log, "room:a", {.after = 195}).entries) == offsets{196, 197, 198, 199, 200});
  CHECK(read(*stage.log, "room:b", {.count_max = 1000}).entries.size() == 200);
  a->append(*stage.log, {.offset = 201, .term = 1});
  CHECK(a->wait_stored(201));
  stage.log.reset();
  UNSCOPED_INFO(lines.text());
  std::size_t reports = 0;
  for (const auto& line : lines.lines())
    reports += line.find("the history of room:a is damaged, offsets ") != std::string::npos;
  CHECK(reports == 1);
}

TEST_CASE("bits that turn on the way from the disk are noticed") {
  faulty_stage stage;
  captured_log lines;
  for (const auto* const topic : {"room:a", "room:b"}) { // opening reads the last block, which is of room:b
    const auto writer = scribe::of(topic);
    for (std::uint64_t i = 1; i <= 10; ++i)
      writer->append(*stage.log, {.offset = i, .payload = noise(i, 2000)});
    REQUIRE(writer->wait_stored(10));
  }
  stage.reopen();
  stage.faults->set({.is_read_flipped = true});
  CHECK(opened(*stage.log, "room:a").error == log_error::damaged);
  CHECK(read(*stage.log, "room:a").error == log_error::damaged);
  const auto writer = scribe::of("room:a");
  writer->append(*stage.log, {.offset = 11});
  CHECK(writer->wait_refused(1) == refusals{{0, 11, log_error::damaged}});
  const auto other = scribe::of("room:new");
  stage.faults->set({});
  CHECK(reset(*stage.log, "room:a").error == log_error::none);
  writer->append(*stage.log, {.offset = 1, .term = 1});
  CHECK(writer->wait_stored(1));
}

TEST_CASE("a damaged topic that is begun anew keeps what it was opened to keep") {
  faulty_stage stage;
  captured_log lines;
  for (const auto* const topic : {"room:a", "room:b"}) {
    const auto writer = scribe::of(topic);
    for (std::uint64_t i = 1; i <= 10; ++i)
      writer->append(*stage.log, {.offset = i, .payload = noise(i, 2000)});
    REQUIRE(writer->wait_stored(10));
  }
  stage.reopen();
  stage.faults->set({.is_read_flipped = true});
  REQUIRE(opened(*stage.log, "room:a", keep_much).error == log_error::damaged);
  stage.faults->set({});
  REQUIRE(reset(*stage.log, "room:a").error == log_error::none);
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 300);
  REQUIRE(writer->wait_stored(300));
  CHECK(read(*stage.log, "room:a", {.count_max = 1000}).entries.size() == 300);
}

TEST_CASE("a log that comes back without its end gives all topics new epochs") {
  faulty_stage stage;
  captured_log lines;
  const auto writer = scribe::of("room:a");
  const auto epoch = opened(*stage.log, "room:a").epoch;
  const auto silent = opened(*stage.log, "room:silent").epoch;
  for (std::uint64_t i = 1; i <= 20; ++i)
    writer->append(*stage.log, {.offset = i, .payload = noise(i, 100)});
  REQUIRE(writer->wait_stored(20));
  CHECK(opened(*stage.opened_after_a_crash(), "room:a").epoch == epoch);
  stage.harm_to_copy = [](const auto& copy) { REQUIRE(flip_bit_at(copy, ".log", noise(12, 100))); };
  const auto harmed = stage.opened_after_a_crash();
  const auto found = opened(*harmed, "room:a");
  CHECK(found.last < 12);
  CHECK(found.epoch != epoch);
  CHECK(opened(*harmed, "room:silent").epoch != silent);
  CHECK(lines.text().find("has lost its end") != std::string::npos);
}

TEST_CASE("after a loss of power, topics whose messages were only written get new epochs") {
  faulty_stage stage;
  const auto synced = scribe::of("room:synced");
  const auto written = scribe::of("room:written");
  synced->fill(*stage.log, 1, 3);
  written->append(*stage.log, {.offset = 1, .until = level::written});
  REQUIRE(written->wait_stored(1));
  const auto epoch_of = [&](rocks_log& log, const std::string& topic) { return opened(log, topic).epoch; };
  const auto s = epoch_of(*stage.log, "room:synced");
  const auto w = epoch_of(*stage.log, "room:written");
  const auto silent = epoch_of(*stage.log, "room:silent");

  const auto killed = stage.opened_after_a_crash();
  CHECK(epoch_of(*killed, "room:written") == w);
  const auto rebooted = stage.opened_after_a_crash("another boot");
  CHECK(epoch_of(*rebooted, "room:synced") == s);
  CHECK(epoch_of(*rebooted, "room:written") != w);
  CHECK(epoch_of(*rebooted, "room:silent") != silent);
  stage.log.reset(); // in good order
  stage.options.boot_id = "another boot";
  stage.log = std::make_unique<rocks_log>(stage.options);
  CHECK(epoch_of(*stage.log, "room:written") == w);
  CHECK(epoch_of(*stage.log, "room:silent") == silent);
}
