#pragma once

#include "actors/counters.hpp"
#include "actors/reactor.hpp"
#include "actors/run_queue.hpp"
#include "base/timing_wheel.hpp"

#include <caf/intrusive_ptr.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace caf {
class execution_unit;
}

namespace lintel::actors {

class worker_pool;

/// One of the server's threads: runs actors, and waits for its sockets when there is nothing to run.
///
/// Two kinds of jobs. A *pinned* job (a connection, a courier, a listener) belongs to this worker for good and may
/// touch what the worker owns without locks. A *movable* job (a room, the registry, any CAF actor) runs here because
/// it was woken here; an idle worker takes it over when it waits behind a long handler.
class worker {
public:
  using clock = std::chrono::steady_clock;

  worker(worker_pool& pool, std::size_t index, std::unique_ptr<reactor> io);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// The worker whose thread this is; nullptr on any other thread.
  static worker* current() noexcept;

  std::size_t index() const noexcept { return index_; }
  reactor& io() noexcept { return *io_; }
  counter_block& counters() noexcept { return counters_; }

  /// The time at the start of this turn: good enough for every deadline, and free. This worker only.
  clock::time_point turn_time() const noexcept { return turn_time_; }

  /// Runs `task` on this worker in `delay`, up to 10 ms late. This worker only.
  void call_after(clock::duration delay, std::function<void()> task);

  // --- for the scheduling policy

  /// The next job to run; sleeps until there is one. This worker only.
  caf::resumable* next_job(caf::execution_unit* unit);

  /// The last thing on this thread.
  void finish_thread() noexcept;

  /// Jobs left behind at the end of the run.
  caf::resumable* pop_leftover();

private:
  friend class worker_pool;

  void start_thread(caf::execution_unit* unit);
  void take_outside_jobs();
  caf::resumable* pop();
  caf::resumable* pop_movable();
  void turn(std::optional<clock::time_point> until);
  caf::resumable* sleep();

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

  run_queue pinned_; // this thread only
  bool movable_turn_ = false;
  unsigned jobs_in_turn_ = 0;
  clock::time_point turn_time_ = clock::now();
  base::timing_wheel<std::function<void()>> timers_{std::chrono::milliseconds{10}, 512, turn_time_};

  std::mutex outside_mutex_;
  run_queue outside_; // pinned jobs woken by other threads
  std::atomic<std::size_t> outside_count_{0};

  std::mutex movable_mutex_;
  run_queue movable_;
  std::atomic<std::size_t> movable_count_{0};

  std::atomic<std::uint64_t> jobs_started_{0};       // a peer that sees it stand still knows that we are stuck
  std::vector<std::uint64_t> jobs_started_of_peers_; // as of our last look
};

/// All workers, and who of them sleeps.
class worker_pool {
public:
  static constexpr std::size_t workers_max = 64; // one bit each in idle_

  explicit worker_pool(std::vector<std::unique_ptr<reactor>> reactors);

  std::size_t size() const noexcept { return workers_.size(); }
  worker& at(std::size_t index) noexcept { return *workers_[index]; }

  /// Any thread. A movable job: to the current worker, else to one that sleeps, else in turn.
  void enqueue(caf::resumable* job);
  /// Any thread. A pinned job.
  void enqueue_on(std::size_t index, caf::resumable* job);

  /// Counts for the current worker, or for everybody who is none.
  void count(counter which, std::uint64_t n = 1) noexcept;
  std::uint64_t total(counter which) const noexcept;

private:
  friend class worker;

  void put_movable(worker& target, caf::resumable* job);
  bool claim_sleeper(std::uint64_t among);
  caf::resumable* rescue_for(worker& idle_one);
  void stop_watching();
  bool anybody_runs() const noexcept;

  std::vector<std::unique_ptr<worker>> workers_;
  std::uint64_t everybody_ = 0;
  std::atomic<std::uint64_t> idle_{0};  // bit i: worker i sleeps, or is about to
  std::atomic<bool> is_watched_{false}; // a sleeper looks every millisecond for jobs behind a long handler
  std::atomic<std::size_t> next_{0};
  counter_block elsewhere_;
};

} // namespace lintel::actors
