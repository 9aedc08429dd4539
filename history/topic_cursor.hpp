#pragma once

#include "history/log_records.hpp"
#include "history/topic_reader.hpp"

#include <rocksdb/db.h>

#include <memory>
#include <optional>
#include <string>

namespace lintel::history {

/// Walks through a topic's messages as they were at the moment of a view. Only for files of history/ that know RocksDB.
class topic_cursor {
public:
  topic_cursor(rocksdb::DB& database, const topic_view& view);

  /// Goes to this offset. False: it is not there, or not as it was written; problem() says which.
  bool seek(std::uint64_t offset) {
    return go_to(offset, [&](const auto& key) { at_->Seek(key); });
  }
  /// Goes to the newest. False without a problem: there is none.
  bool seek_last();
  /// From where it is: one on, or one back.
  bool next() {
    return go_to(offset_ + 1, [&](const auto&) { at_->Next(); });
  }
  bool previous() {
    return go_to(offset_ - 1, [&](const auto&) { at_->Prev(); });
  }

  std::uint64_t offset() const noexcept { return offset_; }
  /// Valid until it moves.
  const entry_record& record() const noexcept { return *record_; }
  entry whole_entry() const { return {offset_, record_->at_ms, message_of(*record_, topic_)}; }
  const std::string& problem() const noexcept { return problem_; }

private:
  template <class Move>
  bool go_to(std::uint64_t offset, Move move) {
    offset_ = offset;
    const auto key = entry_key(id_, offset);
    move(rocksdb::Slice{key});
    return is_at(key);
  }
  bool is_at(const std::string& key);

  const std::uint64_t id_;
  const std::string& topic_;
  const std::string lower_key_;
  const std::string upper_key_;
  const rocksdb::Slice lower_;
  const rocksdb::Slice upper_;
  std::unique_ptr<rocksdb::Iterator> at_;
  std::uint64_t offset_ = 0;
  std::optional<entry_record> record_;
  std::string problem_;
};

} // namespace lintel::history
