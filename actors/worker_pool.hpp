#pragma once

#include "actors/activity.hpp"
#include "actors/actor_events.hpp"
#include "actors/last_crashes.hpp"
#include "actors/overseer.hpp"
#include "actors/process_times.hpp"
#include "actors/restart_times.hpp"
#include "actors/watchdog.hpp"
#include "actors/worker.hpp"
#include "supervisors/restart_ledger.hpp"

#include <condition_variable>

namespace lintel::actors {

/// A thread of CAF's scheduler. Sits at a worker, or waits in reserve for one whose thread is busy for too long.
class seat {
private:
  friend class worker_pool;

  worker* mine_ = nullptr; // this thread only
  activity doing_;
  // The rest is guarded by worker_pool::seats_mutex_.
  worker* at_ = nullptr;
  caf::resumable* goodbye_ = nullptr; // CAF's order to end
  std::condition_variable called_;
};

/// All workers, who of them sleeps, and the threads that they run on.
class worker_pool {
public:
  static constexpr std::size_t workers_max = 64; // one bit each in idle_

  /// `spare_seats`: threads in reserve. `limits`: of handlers that do not end.
  explicit worker_pool(std::vector<std::unique_ptr<reactor>> reactors, std::size_t spare_seats = 0,
                       stuck_limits limits = {});

  std::size_t size() const noexcept { return workers_.size(); }
  worker& at(std::size_t index) noexcept { return *workers_[index]; }

  /// Any thread. A movable job: to the worker nearby, else to one that sleeps, else in turn.
  void enqueue(caf::resumable* job);
  /// The thread that started CAF: until every worker has left what threads share, if it was to.
  void wait_until_started() const noexcept {
    for (const auto& one : workers_)
      one->wait_until_started();
  }

  /// Any thread. A pinned job.
  void enqueue_on(std::size_t index, caf::resumable* job);
  /// Any thread; runs between two jobs of some worker, as worker::call_after.
  void call_after(worker::clock::duration delay, worker::task what);

  /// Counts for the current worker, or for everybody who is none.
  void count(counter which, std::uint64_t n = 1) noexcept;
  std::uint64_t total(counter which) const noexcept;
  process_times& times() noexcept { return times_; }
  actor_events& events() noexcept { return events_; }
  last_crashes& crashes() noexcept { return crashes_; }

  /// Any thread.
  restart_times& restart_times_after(supervisors::failure how) noexcept {
    return how == supervisors::failure::kill ? after_kills_ : after_crashes_;
  }
  const restart_times& restart_times_after(supervisors::failure how) const noexcept {
    return how == supervisors::failure::kill ? after_kills_ : after_crashes_;
  }

  // --- for the scheduling policy

  std::size_t seats() const noexcept { return seats_.size(); }
  seat& seat_at(std::size_t index) noexcept { return *seats_[index]; }
  /// On the seat's thread: runs the jobs of its worker, or waits in reserve for one, until CAF's order to end comes.
  /// Returns that order, which is CAF's to run.
  caf::resumable* run_jobs(seat& place, caf::execution_unit& unit, std::size_t letters_max);
  /// CAF's order to end, to the thread of that very seat.
  void enqueue_goodbye(seat& place, caf::resumable* job);
  /// On the seat's thread, as the last thing.
  void leave(seat& place) noexcept;

  // --- for the overseer

  job_mark::view running_on(std::size_t index) const noexcept { return workers_[index]->mark_.look(); }
  /// The movable job that was `seen` on this worker keeps its thread, and the worker goes on with one in reserve.
  /// False: the job is over, or nobody is left in reserve.
  bool hand_over(std::size_t index, job_mark::view seen);
  /// A pinned job runs for long: let an idle worker take the movable jobs behind it.
  void ask_for_rescue(std::size_t index);
  void call_off_rescue(std::size_t index) noexcept;
  watchdog& stuck_watch() noexcept { return watchdog_; }

  // --- for the watchdog

  activity& activity_of(std::size_t seat_index) noexcept { return seats_[seat_index]->doing_; }
  /// Stops the thread for good, in the handler that was seen, and lets its worker, if it has one, go on with another.
  stop_outcome stop_thread(std::size_t seat_index, activity::view seen);
  std::size_t reserve_count() const;

  /// Any thread. Threads that stand still for good: CAF's shutdown would wait for them for ever.
  std::size_t stopped_threads() const noexcept { return stopped_threads_.load(std::memory_order_relaxed); }

private:
  friend class worker;

  /// The worker that this thread runs a job for, also in a movable job, when it may be somebody else's already.
  static worker* nearby() noexcept;

  void put_movable(worker& target, caf::resumable* job);
  bool claim_sleeper(std::uint64_t among);
  caf::resumable* rescue_for(worker& idle_one);
  caf::resumable* next_job(seat& place);
  bool is_goodbye(const caf::resumable* job);
  worker* wait_in_reserve(seat& place, caf::resumable*& goodbye);
  void put(seat& place, worker* at) noexcept;
  void put_in_reserve_thread(worker& which);

  std::vector<std::unique_ptr<worker>> workers_;
  std::uint64_t everybody_ = 0;
  std::atomic<std::uint64_t> idle_{0};         // bit i: worker i sleeps, or is about to
  std::atomic<std::uint64_t> needs_rescue_{0}; // bit i: worker i has movable jobs behind a long pinned one
  std::atomic<std::size_t> next_{0};
  counter_block elsewhere_;
  restart_times after_kills_;
  restart_times after_crashes_;
  process_times times_;
  actor_events events_;
  last_crashes crashes_;

  mutable std::mutex seats_mutex_;
  std::vector<std::unique_ptr<seat>> seats_;
  std::vector<seat*> reserve_;                  // guarded by seats_mutex_
  std::vector<const caf::resumable*> goodbyes_; // guarded by seats_mutex_
  std::atomic<bool> has_goodbyes_{false};
  std::atomic<std::size_t> stopped_threads_{0};

  watchdog watchdog_;        // looks at the seats
  overseer overseer_{*this}; // last: it looks at everything above
};

} // namespace lintel::actors
