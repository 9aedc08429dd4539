#pragma once

#include "app/server_parts.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace lintel::app {

/// How often `process` of the tree has restarted, and what it supervises. Any thread.
std::uint64_t restarts_of(actors::light_process& process, const restart_notes& noted);

/// Adds a sample a second to server_parts::recent, whether somebody looks or not: about 50 us of CPU. A thread of its
/// own, for those who publish wait for workers, and this asks none.
class metrics_sampler {
public:
  ~metrics_sampler() { stop(); }

  /// Once. `told`: after each sample, on the sampler's thread.
  void start(server_parts& parts, std::function<void()> told);
  void stop();

private:
  void run(server_parts& parts, const std::function<void()>& told);

  std::mutex mutex_;
  std::condition_variable called_;
  bool is_stopping_ = false; // guarded by mutex_
  std::thread thread_;
};

} // namespace lintel::app
