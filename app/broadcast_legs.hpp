#pragma once

#include "actors/messages.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lintel::app {

/// Collects what the rooms of many messages say, until the last one has or the time is up. Any thread.
class broadcast_legs {
public:
  /// `done` gets the answer's JSON, once:
  ///   {"legs":[{"topic":…,"result":{…}},{"topic":…,"error":{"code":…,"message":…}}],"failed":1}
  /// in the order of the messages.
  broadcast_legs(std::vector<std::string> topics, std::function<void(std::string)> done)
      : topics_(std::move(topics)), answers_(topics_.size()), missing_(topics_.size()), done_(std::move(done)) {}

  void settle(std::size_t leg, actors::room_answer answer);
  /// Those that are missing are answered `timeout`.
  void give_up();

private:
  void finish(std::unique_lock<std::mutex>& lock);
  std::string json() const;

  const std::vector<std::string> topics_;
  std::mutex mutex_;
  std::vector<std::optional<actors::room_answer>> answers_; // guarded by mutex_
  std::size_t missing_;                                     // guarded by mutex_
  std::function<void(std::string)> done_;                   // guarded by mutex_; null: called
};

} // namespace lintel::app
