#pragma once

#include "history/topic_table.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rocksdb {
class WriteBatch;
}

namespace lintel::history {

/// What is written in one go: the messages that were waiting, and deletions. The topics in it are as if it had been
/// written; undo() makes them what they were. The writer's thread.
class log_batch {
public:
  static constexpr std::size_t messages_max = 1024;
  static constexpr std::uint64_t bytes_max = 4 << 20;

  log_batch();
  ~log_batch();
  log_batch(const log_batch&) = delete;
  log_batch& operator=(const log_batch&) = delete;

  /// A topic in it, as it was before, and whom to tell.
  struct part {
    topic_state* topic = nullptr;
    stored_topic before;
    std::shared_ptr<log_listener> writer; ///< null: none of its messages is in it
    std::uint32_t term = 0;
  };

  /// `id`: for a topic that has none yet. The message's offset follows.
  void add(topic_state& topic, const append_wanted& order, std::uint64_t id);
  /// Writes the topic's record.
  void add_record(topic_state& topic);
  /// Deletes messages before this one.
  void add_trim(topic_state& topic, std::uint64_t first);
  /// The same for a topic that is not in memory.
  void add_trim(const due_trim& due);

  bool is_empty() const noexcept { return !has_changes_; }
  bool has_unknown_topics() const noexcept { return has_unknown_topics_; }
  bool is_full() const noexcept { return since_.size() >= messages_max || bytes_ >= bytes_max; }
  level until() const noexcept { return until_; }
  rocksdb::WriteBatch& changes() noexcept { return *changes_; }
  const std::vector<part>& parts() const noexcept { return parts_; }
  const std::vector<order_time>& since() const noexcept { return since_; } ///< of each message
  std::uint64_t bytes() const noexcept { return bytes_; }                  ///< of the orders in it

  void undo();
  void clear();

private:
  part& part_of(topic_state& topic);
  void put_record(stored_topic& topic);

  std::unique_ptr<rocksdb::WriteBatch> changes_;
  std::vector<part> parts_;
  std::vector<order_time> since_;
  std::uint64_t bytes_ = 0;
  level until_ = level::written;
  bool has_changes_ = false;
  bool has_unknown_topics_ = false;
  std::string value_; // kept for its memory
};

} // namespace lintel::history
