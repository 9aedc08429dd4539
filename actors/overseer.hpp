#pragma once

#include "actors/job_mark.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
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
/// until the next job begins. That job only sets the timer, so that the overseer does not wake up beside it.
class overseer {
public:
  explicit overseer(worker_pool& pool);
  ~overseer();
  overseer(const overseer&) = delete;
  overseer& operator=(const overseer&) = delete;

  void start();

  /// The worker, before each job: one load, and nothing else while the overseer is awake.
  void job_begins(job_mark::kind what) noexcept {
    const auto depth = depth_.load(std::memory_order_relaxed);
    if (depth == sleep_depth::awake) [[likely]]
      return;
    if (depth == sleep_depth::fast_asleep || what == job_mark::kind::movable)
      awaken();
  }

private:
  enum class sleep_depth : std::uint8_t {
    awake,       ///< looks every millisecond
    dozing,      ///< looks twenty times a second: pinned jobs only
    fast_asleep, ///< does not look: nothing runs
  };

  void run();
  void awaken() noexcept;
  void set_pace(sleep_depth depth) noexcept;
  void look();
  void give_memory_back(sleep_depth pace);
  void trim();
  sleep_depth depth_after_look() noexcept;

  worker_pool& pool_;
  const int timer_;                  // made before any worker leaves the shared descriptor table
  std::vector<job_mark::view> seen_; // per worker, at the last look
  bool has_seen_movable_ = false;    // at the last look
  bool has_seen_work_ = false;
  unsigned doze_looks_ = 0; // since a movable job was seen
  std::atomic<sleep_depth> depth_{sleep_depth::awake};
  std::atomic<bool> is_stopping_{false};
  std::thread trimmer_;
  std::thread thread_;
};

} // namespace lintel::actors
