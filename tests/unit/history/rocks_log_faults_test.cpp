// What becomes of a log when its disk fails or fills up.
#include "tests/support/captured_log.hpp"
#include "tests/unit/history/faulty_stage.hpp"

#include <catch2/catch.hpp>

#include <sys/mount.h>

#include <fstream>

using namespace lintel::testing;
using lintel::history::append_fault;
using lintel::history::fault_plan;
using lintel::history::rocks_log;
using refusals = std::vector<scribe::refusal>;

namespace {

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

TEST_CASE("a file says which faults the disk has, while it works") {
  rocks_stage stage;
  captured_log lines;
  stage.log.reset();
  const auto script = stage.place.path / "faults";
  stage.options.faults = std::make_shared<lintel::history::disk_faults>(script);
  stage.log = std::make_unique<rocks_log>(stage.options);
  const auto writer = scribe::of("room:a");
  writer->fill(*stage.log, 1, 1);
  std::ofstream{script} << "sync=eio";
  writer->append(*stage.log, {.offset = 2});
  CHECK(writer->wait_refused(1) == refusals{{0, 2, log_error::failed}});
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
