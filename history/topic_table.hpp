#pragma once

#include "history/log_orders.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lintel::history {

/// What a topic has in the database, once the batch at hand is written.
struct stored_topic {
  std::uint64_t id = 0; ///< 0: has no message yet, and nothing in the database
  topic_record record;  ///< but for `last` and `bytes_so_far`:
  std::uint64_t last = 0;
  std::uint64_t bytes_so_far = 0;
  bool is_record_stale = false; ///< goes into the database with the next message
};

/// What the writer knows of a topic that somebody asks about.
struct topic_state {
  static constexpr std::uint32_t nowhere = UINT32_MAX;

  stored_topic stored;
  bool is_sought = false; ///< a reader is looking for it; what comes meanwhile is parked
  bool is_found = false;
  bool is_damaged = false; ///< takes nothing and gives nothing, until it is reset
  std::uint32_t place_in_batch = nowhere;
  std::weak_ptr<log_listener> writer; ///< whose terms these are:
  std::uint32_t failed_term = 0;
  std::uint64_t failed_from = 0; ///< 0: none has failed
  log_error failed_why = log_error::none;
  order_time used;
  std::vector<writer_order> parked;

  bool is_in_batch() const noexcept { return place_in_batch != nowhere; }
};

/// The topics that are being asked about, and, as compactly as can be, how much is to be kept of those that were opened
/// and have nothing in the database to say it. The writer's thread.
class topic_table {
public:
  /// Silent topics without messages whose retention is remembered: 24 MB at the most. Beyond, they have to be opened
  /// again before they get anything but the default.
  static constexpr std::size_t silent_max = 1'000'000;

  topic_state* find(const std::string& topic) {
    const auto it = topics_.find(topic);
    return it == topics_.end() ? nullptr : &it->second;
  }
  topic_state& find_or_add(const std::string& topic) { return topics_[topic]; }
  std::size_t size() const noexcept { return topics_.size(); }

  /// Forgets topics that nobody has asked about since then.
  void forget_unused(order_time since);
  /// What holds for a topic that is not in the database.
  retention keep_of(std::string_view topic) const;

private:
  void remember(const std::string& topic, const retention& keep);

  std::unordered_map<std::string, topic_state> topics_;
  std::unordered_map<std::uint64_t, std::uint32_t> silent_; // hash of the name: place in keeps_
  std::vector<retention> keeps_;                            // there are as many as patterns of topics
};

} // namespace lintel::history
