// What becomes of a log when its disk fails, fills up, or gives back other bytes than it was given.
#include "tests/support/captured_log.hpp"
#include "tests/unit/history/log_stage.hpp"

#include <catch2/catch.hpp>

#include <sys/mount.h>

#include <fstream>
#include <random>
#include <sstream>

using namespace lintel::testing;
using lintel::history::append_fault;
using lintel::history::fault_plan;
using lintel::history::rocks_log;
using offsets = std::vector<std::uint64_t>;
using refusals = std::vector<scribe::refusal>;

namespace {

struct faulty_stage : rocks_stage {
  faulty_stage() {
    log.reset();
    options.faults = faults;
    log = std::make_unique<rocks_log>(options);
  }
  /// The log as another process would find it, had this one been killed now.
  std::unique_ptr<rocks_log> opened_after_a_crash(const std::string& boot_id = "") {
    auto copy = options;
    copy.directory = place.path / ("crashed" + std::to_string(++crashes_));
    std::filesystem::create_directory(copy.directory);
    for (const auto& file : std::filesystem::directory_iterator{options.directory}) {
      std::error_code gone; // RocksDB deletes what it does not need any more when it likes
      std::filesystem::copy(file.path(), copy.directory / file.path().filename(), gone);
    }
    copy.faults = nullptr;
    copy.boot_id = boot_id;
    if (harm_to_copy)
      harm_to_copy(copy.directory);
    return std::make_unique<rocks_log>(copy);
  }

  std::shared_ptr<lintel::history::disk_faults> faults = std::make_shared<lintel::history::disk_faults>();
  std::function<void(const std::filesystem::path&)> harm_to_copy;

private:
  int crashes_ = 0;
};

// Turns one bit of the first file with this ending that holds the text, at the text.
bool flip_bit_at(const std::filesystem::path& directory, const std::string& ending, const std::string& text) {
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    if (file.path().extension() != ending)
      continue;
    std::stringstream bytes;
    bytes << std::ifstream{file.path(), std::ios::binary}.rdbuf();
    const auto place = bytes.str().find(text);
    if (place == std::string::npos)
      continue;
    std::fstream out{file.path(), std::ios::binary | std::ios::in | std::ios::out};
    out.seekp(static_cast<std::streamoff>(place));
    out.put(static_cast<char>(text.front() ^ 1));
    return out.good();
  }
  return false;
}

// Text that no compression makes shorter, the same for the same number.
std::string noise(std::uint64_t number, std::size_t size) {
  std::mt19937_64 source{number};
  std::string text;
  while (text.size() < size)
    text += static_cast<char>('0' + source() % 75);
  return text;
}

void check_device_error(fault_plan plan) {
  faulty_stage stage;
  captured_log lines;
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 10);
  stage.faults->set(plan);
  writer->append(*stage.log, {.offset = 11, .payload = "refused"});
  CHECK(writer->wait_refused(1) == refusals{{0, 11, log_error::failed}});
  {
    // What was refused has not stayed on the disk.
    const auto after = stage.opened_after_a_crash();
    CHECK(opened(*after, "room:a").last == 10);
  }
  stage.faults->set({});
  writer->append(*stage.log, {.offset = 11, .term = 1});
  scribe::of("room:b")->append(*stage.log, {.offset = 1});
  CHECK(writer->wait_refused(2)[1] == scribe::refusal{1, 11, log_error::failed});
  CHECK(stage.log->stats().has_failed);
  CHECK(stage.log->stats().errors == 1);
  CHECK(read(*stage.log, "room:a").entries.size() == 10);
  stage.reopen();
  CHECK(opened(*stage.log, "room:a").last == 10);
  CHECK(read(*stage.log, "room:a").entries.size() == 10);
  CHECK(opened(*stage.log, "room:b").last == 0);
  writer->append(*stage.log, {.offset = 11, .payload = "taken", .term = 2});
  REQUIRE(writer->wait_stored(11));
  CHECK(payloads_of(read(*stage.log, "room:a", {.after = 10}).entries) == std::vector<std::string>{"taken"});
}

} // namespace

TEST_CASE("after a sync that failed nothing is taken until the log is opened again") {
  check_device_error({.is_sync_failing = true});
}

TEST_CASE("after a write that failed nothing is taken until the log is opened again") {
  check_device_error({.append = append_fault::io_error});
}

TEST_CASE("after half a write nothing is taken until the log is opened again") {
  check_device_error({.append = append_fault::short_write});
}

TEST_CASE("a full disk refuses messages, and takes them again when there is space") {
  faulty_stage stage;
  captured_log lines;
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 10);
  stage.faults->set({.append = append_fault::no_space});
  writer->append(*stage.log, {.offset = 11, .payload = "refused"});
  CHECK(writer->wait_refused(1) == refusals{{0, 11, log_error::disk_full}});
  CHECK(stage.log->stats().is_disk_full);
  CHECK(opened(*stage.opened_after_a_crash(), "room:a").last == 10);
  writer->append(*stage.log, {.offset = 11, .payload = "refused", .term = 1});
  CHECK(writer->wait_refused(2)[1] == scribe::refusal{1, 11, log_error::disk_full});
  stage.faults->set({});
  for (std::uint32_t term = 2; writer->stored_so_far() < 11; ++term) { // it tries four times a second
    const auto before = writer->wait_refused(0).size();
    writer->append(*stage.log, {.offset = 11, .payload = "taken", .term = term});
    while (writer->stored_so_far() < 11 && writer->wait_refused(0).size() == before)
      std::this_thread::yield();
  }
  CHECK_FALSE(stage.log->stats().is_disk_full);
  CHECK_FALSE(stage.log->stats().has_failed);
  const auto found = read(*stage.log, "room:a", {.after = 9});
  CHECK(payloads_of(found.entries) == std::vector<std::string>{"10", "taken"});
  stage.reopen();
  CHECK(payloads_of(read(*stage.log, "room:a", {.after = 9}).entries) == std::vector<std::string>{"10", "taken"});
}

TEST_CASE("on a disk that is really full the log refuses, reads on, and loses nothing") {
  rocks_stage stage;
  captured_log lines;
  stage.log.reset();
  stage.options.directory = stage.place.path / "small";
  std::filesystem::create_directory(stage.options.directory);
  if (::mount("tmpfs", stage.options.directory.c_str(), "tmpfs", 0, "size=24m") != 0) {
    WARN("not checked: only root may mount a small disk");
    return;
  }
  stage.options.space_reserve_bytes = GENERATE(std::uint64_t{0}, std::uint64_t{4} << 20);
  stage.log = std::make_unique<rocks_log>(stage.options);
  const auto writer = scribe::of("room:a");
  std::uint64_t next = 1;
  const auto append = [&](std::uint32_t term) {
    const auto refused = writer->wait_refused(0).size();
    writer->append(*stage.log, {.offset = next, .payload = noise(next, 60'000), .term = term});
    while (writer->stored_so_far() < next && writer->wait_refused(0).size() == refused)
      std::this_thread::yield();
    return writer->stored_so_far() == next ? (++next, true) : false;
  };
  const auto filler = stage.options.directory / "filler";
  while (next <= 100)
    REQUIRE(append(0));
  std::ofstream{filler} << std::string(24 << 20, 'x');
  std::uint32_t term = 0;
  while (append(term) && next < 10'000) {
  }
  REQUIRE(next < 10'000);
  CHECK(writer->wait_refused(1)[0].why == log_error::disk_full);
  CHECK(read(*stage.log, "room:a", {.count_max = 1, .is_newest_first = true}).entries.at(0).offset == next - 1);
  std::filesystem::remove(filler);
  const auto begin = std::chrono::steady_clock::now();
  while (!append(++term) && std::chrono::steady_clock::now() - begin < patience) {
  }
  REQUIRE(writer->stored_so_far() == next - 1);
  stage.reopen();
  const auto found = opened(*stage.log, "room:a");
  CHECK(found.last == next - 1);
  for (std::uint64_t offset = 0; offset < found.last;) {
    const auto page = read(*stage.log, "room:a", {.after = offset});
    REQUIRE(page.error == log_error::none);
    REQUIRE_FALSE(page.entries.empty());
    for (const auto& each : page.entries)
      REQUIRE(each.message->view().payload.bytes == noise(++offset, 60'000));
  }
  stage.log.reset();
  CHECK(::umount(stage.options.directory.c_str()) == 0);
}

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
