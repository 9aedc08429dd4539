#include "loadgen/offset_ledger.hpp"

#include "base/ensure.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lintel::loadgen {

namespace {

void object(offset_verdict& verdict, std::uint64_t offset_verdict::*count, std::string example) {
  ++(verdict.*count);
  if (verdict.first_example.empty())
    verdict.first_example = std::move(example);
}

std::string in_words(message_key key) { return fmt::format("message {} of sender {}", key.sequence, key.sender); }

} // namespace

void offset_ledger::begin(std::uint32_t room, std::uint64_t offset) {
  room_account& account = rooms_[room];
  base::ensure(account.given.empty(), "all join before the first message");
  account.base = account.has_begun ? std::min(account.base, offset) : offset;
  account.has_begun = true;
}

void offset_ledger::acknowledge(std::uint32_t room, std::uint64_t offset, message_key key) {
  room_account& account = rooms_[room];
  ++found_.acknowledged;
  if (offset <= account.base || offset - account.base > offsets_max)
    return object(found_, &offset_verdict::repeated,
                  fmt::format("room {}: {} was given the offset {}, and the stream stood at {} before it", room,
                              in_words(key), offset, account.base));
  const auto index = static_cast<std::size_t>(offset - account.base - 1);
  if (index >= account.given.size())
    account.given.resize(index + 1);
  if (account.given[index].sequence != 0)
    return object(found_, &offset_verdict::repeated,
                  fmt::format("room {}: the offset {} was given to {} and to {}", room, offset,
                              in_words(account.given[index]), in_words(key)));
  account.given[index] = key;
}

std::uint64_t offset_ledger::newest(std::uint32_t room) const noexcept {
  return rooms_[room].base + rooms_[room].given.size();
}

std::uint64_t offset_ledger::read_after(std::uint32_t room, std::uint64_t kept) const noexcept {
  return newest(room) - std::min<std::uint64_t>(rooms_[room].given.size(), kept);
}

void offset_ledger::read(std::uint32_t room, std::uint64_t offset, message_key key) {
  room_account& account = rooms_[room];
  if (offset <= account.base || offset > newest(room))
    return; // not of this run
  const auto index = static_cast<std::size_t>(offset - account.base - 1);
  account.is_read.resize(account.given.size());
  const message_key given = account.given[index];
  if (given.sequence == 0)
    return; // its answer was lost
  if (given != key)
    return object(found_, &offset_verdict::differing,
                  fmt::format("room {}: at the offset {} the history has {}, and it was given to {}", room, offset,
                              in_words(key), in_words(given)));
  if (!account.is_read[index])
    ++found_.read_back;
  account.is_read[index] = true;
}

offset_verdict offset_ledger::judge(std::uint64_t kept) const {
  offset_verdict verdict = found_;
  for (std::uint32_t room = 0; room < rooms_.size(); ++room) {
    const room_account& account = rooms_[room];
    std::uint64_t nobodys = 0;
    const std::uint64_t kept_after = read_after(room, kept);
    for (std::size_t index = 0; index < account.given.size(); ++index) {
      const std::uint64_t offset = account.base + index + 1;
      if (account.given[index].sequence == 0) {
        if (++nobodys > account.unanswered)
          object(verdict, &offset_verdict::holes, fmt::format("room {}: nobody was given the offset {}", room, offset));
        continue;
      }
      const bool is_read = index < account.is_read.size() && account.is_read[index];
      if (offset > kept_after && !is_read)
        object(verdict, &offset_verdict::missing,
               fmt::format("room {}: the history lacks {}, acknowledged with the offset {}", room,
                           in_words(account.given[index]), offset));
    }
  }
  return verdict;
}

} // namespace lintel::loadgen
