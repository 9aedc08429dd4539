#pragma once

#include "history/kept_topic.hpp"
#include "history/retention.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

namespace lintel::history {

/// Where the topics that are kept in memory stay while they have no room: a room takes its topic when it begins and
/// gives it back when it ends. What nobody has taken goes when it is too old, or when all of it is more than
/// `bytes_max`, the soonest to grow old first.
///
/// Epochs: a topic that begins anew must not have an epoch under which it once had other messages. All topics begin
/// with the epoch of the moment, which changes whenever one with messages is forgotten.
///
/// Any thread; a lock per beginning and end of a room.
class memory_shelf {
public:
  explicit memory_shelf(std::uint64_t bytes_max);

  kept_topic_ptr take(const std::string& topic);
  void give_back(const std::string& topic, const retention& keep);
  /// For the topic's room: it begins again with offset 1 and another epoch.
  std::string next_epoch();

  std::uint64_t resting_bytes() const;
  std::size_t topics() const;

private:
  using expiry = std::multimap<std::int64_t, std::string>; // wall clock → topic
  struct place {
    kept_topic_ptr what;
    std::uint32_t users = 0; // two while one room follows another
    std::uint64_t bytes = 0; // while resting
    expiry::iterator ends;   // while resting
  };
  using table = std::unordered_map<std::string, place>;

  // With mutex_ held.
  std::string epoch() const;
  void forget(table::iterator where);
  void forget_old(std::int64_t now_ms);

  const std::uint64_t bytes_max_;
  const std::string process_; // random: no epoch of another process is one of ours
  mutable std::mutex mutex_;
  table topics_;                 // guarded by mutex_
  expiry resting_;               // guarded by mutex_
  std::uint64_t bytes_ = 0;      // of those that rest; guarded by mutex_
  std::uint64_t generation_ = 0; // guarded by mutex_
};

} // namespace lintel::history
