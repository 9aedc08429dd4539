#include "history/log_records.hpp"

#include "history/byte_codec.hpp"

#include <algorithm>
#include <limits>

namespace lintel::history {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint64_t age_max_s = 1'000'000'000'000; // its milliseconds still fit

// Bits of a message's second byte; the lowest two are its payload's format.
constexpr std::uint8_t format_mask = 3;
constexpr std::uint8_t object_bit = 4;
constexpr std::uint8_t written_bit = 8;

bool fits_era(std::uint64_t value) noexcept { return value <= std::numeric_limits<std::uint32_t>::max(); }

} // namespace

std::string entry_key(std::uint64_t id, std::uint64_t offset) {
  std::string key;
  key.reserve(17);
  byte_writer to{key};
  to.byte('d');
  to.fixed(id);
  to.fixed(offset);
  return key;
}

std::string name_key(std::string_view topic) { return std::string{"n"}.append(topic); }

std::optional<entry_place> parse_entry_key(std::string_view key) noexcept {
  byte_reader from{key};
  if (from.byte() != 'd')
    return {};
  entry_place place;
  place.id = from.fixed();
  place.offset = from.fixed();
  return from.is_finished() ? std::optional{place} : std::nullopt;
}

std::string id_bytes(std::uint64_t id) {
  std::string bytes;
  byte_writer{bytes}.fixed(id);
  return bytes;
}

std::optional<std::uint64_t> parse_id(std::string_view bytes) noexcept {
  byte_reader from{bytes};
  const auto id = from.fixed();
  return from.is_finished() && id != 0 ? std::optional{id} : std::nullopt;
}

void write_entry(const entry_record& what, std::string& into) {
  into.clear();
  byte_writer to{into};
  to.byte(version);
  to.byte(static_cast<std::uint8_t>(static_cast<unsigned>(what.format) | (what.is_object ? object_bit : 0u) |
                                    (what.until == level::written ? written_bit : 0u)));
  to.number(static_cast<std::uint64_t>(what.at_ms));
  to.number(what.bytes_so_far);
  to.text(what.event);
  to.text(what.key);
  into.append(what.payload);
}

std::optional<entry_record> parse_entry(std::string_view bytes) noexcept {
  byte_reader from{bytes};
  if (from.byte() != version)
    return {};
  const auto flags = from.byte();
  if (flags >= written_bit * 2 || (flags & format_mask) > static_cast<unsigned>(protocol::payload_format::binary))
    return {};
  entry_record it;
  it.format = static_cast<protocol::payload_format>(flags & format_mask);
  it.is_object = (flags & object_bit) != 0;
  it.until = (flags & written_bit) != 0 ? level::written : level::synced;
  it.at_ms = static_cast<std::int64_t>(from.number());
  it.bytes_so_far = from.number();
  it.event = from.text();
  it.key = from.text();
  it.payload = from.rest();
  return from.is_finished() && it.bytes_so_far >= it.bytes() ? std::optional{it} : std::nullopt;
}

protocol::message_ptr message_of(const entry_record& what, std::string_view topic) {
  return protocol::message::copy_of({.join_ref = {},
                                     .ref = {},
                                     .topic = topic,
                                     .event = what.event,
                                     .payload = {what.format, what.payload, what.is_object}});
}

std::string write_topic(const topic_record& what) {
  std::string bytes;
  byte_writer to{bytes};
  to.byte(version);
  to.fixed(what.epoch);
  to.number(what.era);
  to.number(what.first);
  to.number(what.last);
  to.number(what.bytes_so_far);
  to.number(what.keep.count_max);
  to.number(std::clamp<std::uint64_t>(static_cast<std::uint64_t>(what.keep.age_max.count()), 0, age_max_s));
  to.number(what.keep.bytes_max);
  bytes += what.name;
  return bytes;
}

std::optional<topic_record> parse_topic(std::string_view bytes) {
  byte_reader from{bytes};
  if (from.byte() != version)
    return {};
  topic_record it;
  it.epoch = from.fixed();
  const auto era = from.number();
  it.era = static_cast<std::uint32_t>(era);
  it.first = from.number();
  it.last = from.number();
  it.bytes_so_far = from.number();
  it.keep.count_max = from.number();
  const auto age_s = from.number();
  it.keep.age_max = std::chrono::seconds{static_cast<std::int64_t>(age_s)};
  it.keep.bytes_max = from.number();
  it.name = from.rest();
  return from.is_finished() && fits_era(era) && it.first > 0 && age_s <= age_max_s ? std::optional{std::move(it)}
                                                                                   : std::nullopt;
}

std::string write_store(const store_record& what) {
  std::string bytes;
  byte_writer to{bytes};
  to.byte(version);
  to.fixed(what.salt);
  to.number(what.era);
  to.number(what.lost_era);
  to.byte(what.is_closed ? 1 : 0);
  bytes += what.boot_id;
  return bytes;
}

std::optional<store_record> parse_store(std::string_view bytes) {
  byte_reader from{bytes};
  if (from.byte() != version)
    return {};
  store_record it;
  it.salt = from.fixed();
  const auto era = from.number();
  const auto lost_era = from.number();
  it.era = static_cast<std::uint32_t>(era);
  it.lost_era = static_cast<std::uint32_t>(lost_era);
  const auto closed = from.byte();
  it.is_closed = closed == 1;
  it.boot_id = from.rest();
  const bool is_sound = from.is_finished() && fits_era(era) && fits_era(lost_era) && closed <= 1;
  return is_sound ? std::optional{std::move(it)} : std::nullopt;
}

std::uint64_t fresh_epoch(std::uint64_t salt, std::string_view topic) noexcept {
  // FNV-1a, then the last steps of MurmurHash3: names that differ in one letter get epochs that look unlike.
  std::uint64_t hash = 0xcbf29ce484222325 ^ salt;
  for (const char each : topic)
    hash = (hash ^ static_cast<std::uint8_t>(each)) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

std::string epoch_text(std::uint64_t epoch) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4)
    text += digits[epoch >> shift & 15];
  return text;
}

} // namespace lintel::history
