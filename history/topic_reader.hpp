#pragma once

#include "history/durable_log.hpp"
#include "history/log_records.hpp"
#include "history/rocks_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rocksdb {
class Snapshot;
} // namespace rocksdb

namespace lintel::history {

/// A topic as it lies in the database.
struct found_topic {
  log_error error = log_error::none;
  std::uint64_t id = 0; ///< 0: never heard of, or not readable
  topic_record record;  ///< as it should be; its epoch may be another than the stored one
  std::uint64_t last = 0;
  std::uint64_t bytes_so_far = 0; ///< up to `last`
  bool is_record_stale = false;   ///< is to be written again with the next message
};

/// A topic at one moment, whatever is written or deleted afterwards.
struct topic_view {
  std::string topic;
  std::uint64_t id = 0;
  std::uint64_t epoch = 0;
  std::uint64_t first = 1; ///< what is before has been deleted
  std::uint64_t last = 0;
  std::uint64_t bytes_so_far = 0;
  retention keep;
  std::shared_ptr<const rocksdb::Snapshot> moment; ///< null: of a topic without an id
};

/// A topic with messages that are to be deleted.
struct due_trim {
  std::uint64_t id = 0;
  topic_record record; ///< as it will be: `first` is the oldest that stays
  std::uint64_t first_before = 1;
};

/// Reads topics. Any of the log's threads. What cannot be read is logged, once per topic.
class topic_reader {
public:
  topic_reader(const rocks_store& store, log_stats& stats, std::function<std::int64_t()> now_ms)
      : store_(store), stats_(stats), now_ms_(std::move(now_ms)) {}

  /// How far open() looks back for idempotency keys.
  static constexpr std::uint32_t keys_max = 10'000;
  static constexpr std::int64_t keys_age_max_ms = 5 * 60 * 1000;

  found_topic find(const std::string& topic);
  opened_topic open(const topic_view& view, std::uint32_t tail_max, std::uint64_t tail_bytes_max);
  read_entries read(const topic_view& view, const range& which);

  struct sweep {
    std::vector<due_trim> due;
    std::uint64_t next_id = 0; ///< to go on with; 0: that was all
  };
  /// Looks at so many topics, from the one with this id on.
  sweep find_due(std::uint64_t from_id, std::uint32_t topics_max);

  std::shared_ptr<const rocksdb::Snapshot> moment() const;

private:
  /// The oldest message that is to be kept.
  struct kept {
    std::uint64_t first = 1;
    bool is_certain = true; ///< false: damage is in the way, and what is kept begins there at the latest
  };
  kept first_kept(const topic_view& view);
  found_topic with_end_of(found_topic found, const topic_view& view);
  std::optional<due_trim> due_of(std::uint64_t id, topic_record record,
                                 const std::shared_ptr<const rocksdb::Snapshot>& now);
  void report(const topic_view& view, std::uint64_t from, std::uint64_t to, const std::string& why);

  const rocks_store& store_;
  log_stats& stats_;
  const std::function<std::int64_t()> now_ms_;
  std::mutex mutex_;
  std::set<std::string> reported_; // guarded by mutex_; bounded
};

} // namespace lintel::history
