#include "history/stream.hpp"

#include "base/ensure.hpp"

#include <algorithm>
#include <chrono>

namespace lintel::history {

namespace {

constexpr std::size_t first_capacity = 8;

} // namespace

std::uint64_t bytes_of(const entry& one) noexcept {
  const auto& message = one.message->view();
  return message.event.size() + message.payload.bytes.size();
}

std::int64_t wall_clock_ms() noexcept {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

void stream::append(entry what, const retention& keep) {
  base::ensure(what.offset == last_ + 1, "offsets have no holes");
  trim(keep, what.at_ms);
  while (!entries_.empty() && (entries_.size() >= keep.count_max || bytes_ + bytes_of(what) > keep.bytes_max))
    drop_first();
  if (entries_.full())
    entries_.set_capacity(std::max(first_capacity, 2 * entries_.capacity()));
  bytes_ += bytes_of(what);
  last_ = what.offset;
  entries_.push_back(std::move(what));
}

void stream::trim(const retention& keep, std::int64_t now_ms) {
  const auto oldest_ms = now_ms - std::chrono::milliseconds{keep.age_max}.count();
  while (!entries_.empty() &&
         (entries_.front().at_ms < oldest_ms || entries_.size() > keep.count_max || bytes_ > keep.bytes_max))
    drop_first();
}

void stream::drop_first() noexcept {
  bytes_ -= bytes_of(entries_.front());
  entries_.pop_front();
}

std::vector<entry> stream::read(const range& which) const {
  std::vector<entry> found;
  const auto from = std::max(which.after + 1, first());
  const auto end = std::min(which.before, last_ + 1); // not included
  std::uint64_t bytes = 0;
  for (std::uint64_t count = 0; from + count < end && count < which.count_max; ++count) {
    const auto offset = which.is_newest_first ? end - 1 - count : from + count;
    const auto& one = entries_[static_cast<std::size_t>(offset - first())];
    bytes += bytes_of(one);
    if (bytes > which.bytes_max && !found.empty())
      break;
    found.push_back(one);
  }
  if (which.is_newest_first)
    std::ranges::reverse(found);
  return found;
}

} // namespace lintel::history
