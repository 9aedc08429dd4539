#include "history/commit_mark.hpp"
#include "history/disk_faults.hpp"
#include "history/log_records.hpp"
#include "tests/fuzz/fuzz_input.hpp"

#include <string>

// What lies in the database of a durable log. The first byte says which kind of it the rest is.

using namespace lintel;

namespace {

void check_entry(std::string_view bytes) {
  const auto it = history::parse_entry(bytes);
  if (!it)
    return;
  std::string again;
  history::write_entry(*it, again);
  fuzz::check(again == bytes, "a message has one form");
  const auto message = history::message_of(*it, "room:a");
  fuzz::check(message->view().payload.bytes == it->payload, "a message has the payload of its record");
}

void check_keys(std::string_view bytes) {
  if (const auto place = history::parse_entry_key(bytes))
    fuzz::check(history::entry_key(place->id, place->offset) == bytes, "a key has one form");
  if (const auto id = history::parse_id(bytes))
    fuzz::check(history::id_bytes(*id) == bytes, "an id has one form");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::input input{bytes, size};
  const auto kind = input.choice() % 6;
  const auto rest = input.rest();
  if (kind == 0)
    check_entry(rest);
  else if (kind == 1)
    check_keys(rest);
  else if (kind == 2) {
    if (const auto it = history::parse_topic(rest))
      fuzz::check(history::write_topic(*it) == rest, "a topic's record has one form");
  } else if (kind == 3) {
    if (const auto it = history::parse_store(rest))
      fuzz::check(history::write_store(*it) == rest, "the log's record has one form");
  } else if (kind == 4) {
    if (const auto it = history::parse_commit_numbers(rest))
      fuzz::check(history::write_commit_numbers(*it) == rest, "a mark has one form");
  } else
    (void)history::parse_faults(rest);
  return 0;
}
