#pragma once

#include "actors/counters.hpp"
#include "actors/job_mark.hpp"
#include "actors/reactor.hpp"
#include "actors/run_queue.hpp"
#include "base/latency_histogram.hpp"
#include "base/timing_wheel.hpp"

#include <caf/resumable.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace lintel::actors {

class worker_pool;

/// Runs actors, and waits for its sockets when there is nothing to run. Has a thread (a `seat`) at any time, and
/// mostly the same one.
///
/// Two kinds of jobs. A *pinned* job (a connection, a courier, a listener) belongs to this worker for good and may
/// touch what the worker owns without locks; it must be short. A *movable* job (a room, the registry, any CAF actor)
/// runs here because it was woken here, touches nothing that the worker owns, and may take as long as it likes: after
/// a millisecond or two the worker goes on with another thread (overseer.hpp).
class worker {
public:
  using clock = std::chrono::steady_clock;
  using task = std::function<void()>;

  worker(worker_pool& pool, std::size_t index, std::unique_ptr<reactor> io);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// The worker that this thread may touch: the one that a pinned job runs on. nullptr in a movable job and on any
  /// other thread.
  static worker* current() noexcept;

  std::size_t index() const noexcept { return index_; }
  reactor& io() noexcept { return *io_; }
  counter_block& counters() noexcept { return counters_; }
  /// From the end of one look at the sockets to the next: how long one that is ready may have waited.
  base::latency_histogram& lag() noexcept { return lag_; }

  /// The time at the start of this turn: good enough for every deadline, and free. This worker only.
  clock::time_point turn_time() const noexcept { return turn_time_; }

  /// Runs `what` on this worker in `delay`, up to 10 ms late. This worker only; others: worker_pool::call_after.
  void call_after(clock::duration delay, task what);
  /// Any other thread: until it has its thread, and its reactor is started.
  void wait_until_started() const noexcept { has_started_.wait(false); }

  /// Calls that are still to come. Any thread.
  std::size_t timers_armed() const noexcept { return timers_.armed(); }

  // --- for its thread

  void take_thread();
  /// The next job to run; sleeps until there is one. nullptr: the job that was handed out before took so long that
  /// another thread has the worker now.
  caf::resumable* next_job();
  /// Jobs left behind at the end of the run.
  caf::resumable* pop_leftover() { return pop().job; }
  /// The last thing on its last thread.
  void finish_thread() noexcept;

private:
  friend class worker_pool;

  struct popped {
    caf::resumable* job = nullptr;
    job_mark::kind what = job_mark::kind::none;
  };

  caf::resumable* hand_out(const popped& next);
  void take_outside_jobs();
  popped pop();
  caf::resumable* pop_movable();
  void turn(std::optional<clock::time_point> until);
  popped sleep();
  bool is_turn_over();

  /// Sockets are looked at, and output leaves, after this many jobs or this much time, even if there is always
  /// another job. One epoll_wait per 64 jobs costs nothing, and a millisecond is below anybody's patience.
  static constexpr unsigned jobs_per_turn = 64;
  static constexpr unsigned jobs_per_look_at_the_clock = 8;
  static constexpr auto turn_length = std::chrono::milliseconds{1};

  worker_pool& pool_;
  const std::size_t index_;
  const std::unique_ptr<reactor> io_;
  counter_block counters_;
  base::latency_histogram lag_;
  job_mark mark_;

  run_queue pinned_; // its thread only
  bool movable_turn_ = false;
  unsigned jobs_in_turn_ = 0;
  clock::time_point turn_time_ = clock::now();
  base::timing_wheel<task> timers_{std::chrono::milliseconds{10}, 512, turn_time_};
  std::atomic<bool> has_started_{false};

  std::mutex outside_mutex_;
  run_queue outside_; // pinned jobs woken by other threads, and by movable jobs
  std::vector<std::pair<clock::duration, task>> outside_tasks_;
  std::atomic<std::size_t> outside_count_{0};

  std::mutex movable_mutex_;
  run_queue movable_;
  std::atomic<std::size_t> movable_count_{0};
};

} // namespace lintel::actors
