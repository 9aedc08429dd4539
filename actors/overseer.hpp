#pragma once

#include "actors/job_mark.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace lintel::actors {

class worker_pool;

/// Looks at the workers every millisecond while movable jobs run. CAF cannot interrupt a handler, so the rest is moved
/// away from it: a movable job that is still there at the second look keeps its thread, and its worker (connections,
/// sockets, everybody in its queues) goes on with a thread in reserve. Behind a pinned job, which cannot be separated
/// from its worker, the movable ones are given to a worker that is idle.
///
/// Costs one wake-up of about 4 us per millisecond while there is work, and nothing while there is none: it rests
/// until the next job begins.
class overseer {
public:
  explicit overseer(worker_pool& pool) : pool_(pool) {}
  ~overseer();
  overseer(const overseer&) = delete;
  overseer& operator=(const overseer&) = delete;

  void start();

  /// The worker, before each job: one load, nothing else while the overseer is awake.
  void job_begins(job_mark::kind what) noexcept {
    const auto depth = depth_.load(std::memory_order_relaxed);
    if (depth != sleep_depth::awake && (depth == sleep_depth::fast_asleep || what == job_mark::kind::movable))
        [[unlikely]]
      awaken();
  }

private:
  enum class sleep_depth : std::uint8_t {
    awake,       ///< looks every millisecond
    dozing,      ///< looks twenty times a second: pinned jobs only
    fast_asleep, ///< does not look: nothing runs
  };

  void run();
  bool wait(sleep_depth depth);
  void awaken() noexcept;
  void look();
  void give_memory_back(sleep_depth depth);
  sleep_depth depth_after_look() noexcept;

  worker_pool& pool_;
  std::vector<job_mark::view> seen_; // per worker, at the last look
  unsigned quiet_looks_ = 0;         // since a movable job was seen
  unsigned doze_looks_ = 0;          // of them, while dozing
  bool has_seen_work_ = false;       // at the last look
  std::atomic<sleep_depth> depth_{sleep_depth::awake};
  std::mutex mutex_;
  std::condition_variable called_;
  bool is_called_ = false;   // guarded by mutex_
  bool is_stopping_ = false; // guarded by mutex_
  std::thread thread_;
};

} // namespace lintel::actors
