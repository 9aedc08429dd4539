#include "history/memory_shelf.hpp"

#include "base/ensure.hpp"

#include <array>
#include <charconv>
#include <random>

namespace lintel::history {

namespace {

std::uint64_t random_number() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

std::string hex(std::uint64_t number) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

// What each costs beside what clients say, as malloc sees it.
constexpr std::uint64_t bytes_per_topic = 512;
constexpr std::uint64_t bytes_per_entry = 96;
constexpr std::uint64_t bytes_per_key = 256; // twice a string of up to 64 bytes, a node and a place in a queue
constexpr std::uint64_t bytes_per_cursor = 192;

std::uint64_t memory_of(const kept_topic& topic) {
  return bytes_per_topic + topic.messages.bytes() + topic.messages.size() * bytes_per_entry +
         (topic.keys ? topic.keys->size() * bytes_per_key : 0) + topic.cursors.size() * bytes_per_cursor;
}

} // namespace

memory_shelf::memory_shelf(std::uint64_t bytes_max)
    : bytes_max_(bytes_max), process_(hex(random_number() | 1ULL << 63)) {}

kept_topic_ptr memory_shelf::take(const std::string& topic) {
  std::lock_guard lock{mutex_};
  forget_old(wall_clock_ms());
  auto& at = topics_[topic];
  if (!at.what)
    at.what = std::make_shared<kept_topic>(epoch(), 0);
  else if (at.users == 0) {
    bytes_ -= at.bytes;
    resting_.erase(at.ends);
  }
  ++at.users;
  return at.what;
}

void memory_shelf::give_back(const std::string& topic, const retention& keep) {
  std::lock_guard lock{mutex_};
  const auto found = topics_.find(topic);
  base::ensure(found != topics_.end() && found->second.users > 0, "what is given back was taken");
  auto& at = found->second;
  if (--at.users > 0)
    return; // its next room has it already
  const auto now = wall_clock_ms();
  at.what->messages.trim(keep, now);
  at.bytes = memory_of(*at.what);
  bytes_ += at.bytes;
  at.ends = resting_.emplace(now + std::chrono::milliseconds{keep.age_max}.count(), topic);
  if (at.what->messages.last() == 0) // nothing was ever said: the next to ask begins alike
    forget(found);
  forget_old(now);
}

std::string memory_shelf::next_epoch() {
  std::lock_guard lock{mutex_};
  ++generation_;
  return epoch();
}

std::uint64_t memory_shelf::resting_bytes() const {
  std::lock_guard lock{mutex_};
  return bytes_;
}

std::size_t memory_shelf::topics() const {
  std::lock_guard lock{mutex_};
  return topics_.size();
}

std::string memory_shelf::epoch() const { return process_ + hex(generation_); }

void memory_shelf::forget(table::iterator where) {
  bytes_ -= where->second.bytes;
  resting_.erase(where->second.ends);
  if (where->second.what->messages.last() != 0)
    ++generation_;
  topics_.erase(where);
}

void memory_shelf::forget_old(std::int64_t now_ms) {
  while (!resting_.empty() && (resting_.begin()->first <= now_ms || bytes_ > bytes_max_))
    forget(topics_.find(resting_.begin()->second));
}

} // namespace lintel::history
