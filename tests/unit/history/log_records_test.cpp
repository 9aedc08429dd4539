#include "history/log_records.hpp"

#include "history/commit_mark.hpp"
#include "history/disk_faults.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace lintel::history;
using lintel::protocol::payload_format;

TEST_CASE("keys have the order of their topics and offsets") {
  CHECK(entry_key(1, 2).size() == 17);
  CHECK(entry_key(1, 255) < entry_key(1, 256));
  CHECK(entry_key(1, UINT64_MAX) < entry_key(2, 0));
  CHECK(topic_key(2) == entry_key(2, 0));
  CHECK(entry_key(UINT64_MAX, UINT64_MAX) < name_key(""));
  CHECK(name_key("room:z") < std::string{store_key});
}

TEST_CASE("keys are taken apart again, and nothing else is") {
  const auto place = parse_entry_key(entry_key(0x0102030405060708, 0x1112131415161718));
  REQUIRE(place);
  CHECK(place->id == 0x0102030405060708);
  CHECK(place->offset == 0x1112131415161718);
  CHECK_FALSE(parse_entry_key(name_key("room:a")));
  CHECK_FALSE(parse_entry_key(entry_key(1, 2).substr(0, 16)));
  CHECK_FALSE(parse_entry_key(entry_key(1, 2) + "x"));
  CHECK(parse_id(id_bytes(77)) == std::uint64_t{77});
  CHECK_FALSE(parse_id(id_bytes(0)));
  CHECK_FALSE(parse_id("1234567"));
}

TEST_CASE("a message is the same after it was stored") {
  const auto format = GENERATE(payload_format::json, payload_format::msgpack, payload_format::binary);
  const auto until = GENERATE(level::written, level::synced);
  const entry_record what{.at_ms = 1'700'000'000'123,
                          .bytes_so_far = 1'000'000,
                          .until = until,
                          .format = format,
                          .is_object = format != payload_format::json,
                          .event = "said",
                          .key = "once",
                          .payload = std::string_view{"a\0b", 3}};
  std::string bytes = "what was there before";
  write_entry(what, bytes);
  const auto read = parse_entry(bytes);
  REQUIRE(read);
  CHECK(read->at_ms == what.at_ms);
  CHECK(read->bytes_so_far == what.bytes_so_far);
  CHECK(read->until == until);
  CHECK(read->format == format);
  CHECK(read->is_object == what.is_object);
  CHECK(read->event == what.event);
  CHECK(read->key == what.key);
  CHECK(read->payload == what.payload);
  const auto message = message_of(*read, "room:a");
  CHECK(message->view().topic == "room:a");
  CHECK(message->view().payload.bytes == what.payload);
}

TEST_CASE("a stored message costs a dozen bytes beside its own") {
  std::string bytes;
  write_entry({.at_ms = 1'700'000'000'123, .bytes_so_far = 1'000'000, .event = "said", .payload = "{}"}, bytes);
  CHECK(bytes.size() - 6 == 13);
}

TEST_CASE("times before 1970 are times") {
  std::string bytes;
  write_entry({.at_ms = -5}, bytes);
  REQUIRE(parse_entry(bytes));
  CHECK(parse_entry(bytes)->at_ms == -5);
}

TEST_CASE("a stored message that was cut off is none, unless only its payload is shorter") {
  std::string bytes;
  write_entry({.at_ms = 5, .bytes_so_far = 900, .event = "said", .key = "k", .payload = "12345"}, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(parse_entry(bytes.substr(0, size)).has_value() == (size >= bytes.size() - 5));
}

TEST_CASE("a version, a flag or a format that is not ours makes no message") {
  std::string bytes;
  write_entry({}, bytes);
  REQUIRE(parse_entry(bytes));
  CHECK_FALSE(parse_entry("\2" + bytes.substr(1)));
  CHECK_FALSE(parse_entry(bytes.substr(0, 1) + "\20" + bytes.substr(2)));
  CHECK_FALSE(parse_entry(bytes.substr(0, 1) + "\3" + bytes.substr(2)));
}

TEST_CASE("a message larger than its whole topic makes no sense") {
  std::string bytes;
  write_entry({.bytes_so_far = 4, .payload = "12345"}, bytes);
  CHECK_FALSE(parse_entry(bytes));
}

TEST_CASE("a number in more bytes than it needs, or beyond 64 bits, is none") {
  std::string one;
  write_entry({.at_ms = 5}, one);
  CHECK_FALSE(parse_entry(std::string{"\1\4\205\0\0\0\0", 7}));
  CHECK_FALSE(parse_entry(std::string{"\1\4"} + std::string(9, '\377') + std::string{"\2\0\0\0", 4}));
}

TEST_CASE("a topic's record is the same after it was stored") {
  const topic_record what{.epoch = 0xfedcba9876543210,
                          .era = 7,
                          .first = 300,
                          .last = 299,
                          .bytes_so_far = 70'000,
                          .keep = {.count_max = 5, .age_max = std::chrono::seconds{60}, .bytes_max = 1 << 20},
                          .name = "room:a"};
  const auto bytes = write_topic(what);
  const auto read = parse_topic(bytes);
  REQUIRE(read);
  CHECK(read->epoch == what.epoch);
  CHECK(read->era == 7);
  CHECK(read->first == 300);
  CHECK(read->last == 299);
  CHECK(read->bytes_so_far == 70'000);
  CHECK(read->keep == what.keep);
  CHECK(read->name == "room:a");
  CHECK_FALSE(parse_topic(bytes.substr(0, 12)));
  CHECK_FALSE(parse_topic("\2" + bytes.substr(1)));
}

TEST_CASE("the log's own record is the same after it was stored") {
  const store_record what{.salt = 5, .era = 3, .lost_era = 2, .is_closed = true, .boot_id = "b"};
  const auto read = parse_store(write_store(what));
  REQUIRE(read);
  CHECK(read->salt == 5);
  CHECK(read->era == 3);
  CHECK(read->lost_era == 2);
  CHECK(read->is_closed);
  CHECK(read->boot_id == "b");
  CHECK_FALSE(parse_store(""));
}

TEST_CASE("epochs are 16 digits and differ by name and by salt") {
  CHECK(epoch_text(0x0123456789abcdef) == "0123456789abcdef");
  CHECK(epoch_text(1) == "0000000000000001");
  CHECK(fresh_epoch(1, "room:a") == fresh_epoch(1, "room:a"));
  CHECK(fresh_epoch(1, "room:a") != fresh_epoch(1, "room:b"));
  CHECK(fresh_epoch(1, "room:a") != fresh_epoch(2, "room:a"));
}

TEST_CASE("a mark that is torn is none") {
  const auto bytes = write_commit_numbers({.written = 12, .synced = 11});
  CHECK(parse_commit_numbers(bytes) == commit_numbers{12, 11});
  auto torn = bytes;
  torn[7] = 13;
  CHECK_FALSE(parse_commit_numbers(torn));
  CHECK_FALSE(parse_commit_numbers(bytes.substr(0, 23)));
  CHECK_FALSE(parse_commit_numbers(""));
}

TEST_CASE("faults are read from words") {
  CHECK(parse_faults("") == fault_plan{});
  CHECK(parse_faults(" \n") == fault_plan{});
  CHECK(parse_faults("append=enospc sync=eio\nread=flip\n") == fault_plan{append_fault::no_space, true, true});
  CHECK(parse_faults("append=eio") == fault_plan{.append = append_fault::io_error});
  CHECK(parse_faults("append=short") == fault_plan{.append = append_fault::short_write});
  CHECK_FALSE(parse_faults("append=EIO"));
  CHECK_FALSE(parse_faults("sync=eio x"));
}

TEST_CASE("faults are what their file says at the time") {
  const lintel::testing::temporary_directory directory;
  const auto script = directory.path / "faults";
  const disk_faults faults{script};
  CHECK(faults.get() == fault_plan{});
  std::ofstream{script} << "append=eio\n";
  CHECK(faults.get() == fault_plan{.append = append_fault::io_error});
  std::ofstream{script} << "sync=eio\n";
  CHECK(faults.get() == fault_plan{.is_sync_failing = true});
  std::ofstream{script} << "sync=sometimes\n";
  CHECK(faults.get() == fault_plan{});
  std::filesystem::remove(script);
  CHECK(faults.get() == fault_plan{});
}
