#include "actors/worker.hpp"

#include "actors/worker_pool.hpp"

#include <pthread.h>

#include <string>
#include <utility>

namespace lintel::actors {

namespace {

struct place {
  worker* at = nullptr;
  job_mark::view job; // a movable one: the worker may be somebody else's already
};
thread_local place here;

} // namespace

worker::worker(worker_pool& pool, std::size_t index, std::unique_ptr<reactor> io)
    : pool_(pool), index_(index), io_(std::move(io)) {}

worker* worker::current() noexcept { return here.job.what() == job_mark::kind::movable ? nullptr : here.at; }

worker* worker_pool::nearby() noexcept { return here.at; }

void worker::call_after(clock::duration delay, task what) { timers_.arm(turn_time_ + delay, std::move(what)); }

void worker::take_thread() {
  if (mark_.look() != job_mark::view{}) // not its first: sockets have waited for the one before
    lag_.record(clock::now() - turn_time_);
  here = {.at = this, .job = mark_.start_over()};
  pthread_setname_np(pthread_self(), ("worker/" + std::to_string(index_)).c_str());
  turn_time_ = clock::now();
  io_->start();
  if (!has_started_.exchange(true))
    has_started_.notify_all();
}

void worker::finish_thread() noexcept {
  io_->finish();
  here = {};
}

caf::resumable* worker::next_job() {
  if (!mark_.end(here.job)) {
    here = {};
    return nullptr;
  }
  here.job = {};
  if (is_turn_over())
    turn(turn_time_); // in the past: takes what is ready and does not sleep
  for (;;) {
    if (auto next = pop(); next.job != nullptr)
      return hand_out(next);
    io_->end_turn();
    if (io_->has_output()) {
      turn(turn_time_);
      continue;
    }
    if (auto next = sleep(); next.job != nullptr)
      return hand_out(next);
  }
}

// From here on somebody watches how long it takes.
caf::resumable* worker::hand_out(const popped& next) {
  here.job = mark_.begin(next.what);
  pool_.overseer_.job_begins(next.what);
  return next.job;
}

bool worker::is_turn_over() {
  ++jobs_in_turn_;
  return jobs_in_turn_ > jobs_per_turn ||
         (jobs_in_turn_ % jobs_per_look_at_the_clock == 0 && clock::now() - turn_time_ > turn_length);
}

// In turns, so that neither a busy room nor busy connections starve the other kind.
worker::popped worker::pop() {
  take_outside_jobs();
  movable_turn_ = !movable_turn_;
  auto* job = movable_turn_ ? pop_movable() : pinned_.pop();
  const bool is_movable = movable_turn_ == (job != nullptr);
  if (job == nullptr)
    job = movable_turn_ ? pinned_.pop() : pop_movable();
  return {job, is_movable ? job_mark::kind::movable : job_mark::kind::pinned};
}

caf::resumable* worker::pop_movable() {
  if (movable_count_.load(std::memory_order_relaxed) == 0)
    return nullptr;
  std::lock_guard lock{movable_mutex_};
  auto* job = movable_.pop();
  movable_count_.store(movable_.size(), std::memory_order_relaxed);
  return job;
}

void worker::take_outside_jobs() {
  if (outside_count_.load(std::memory_order_relaxed) == 0)
    return;
  std::lock_guard lock{outside_mutex_};
  while (auto* job = outside_.pop())
    pinned_.push(job);
  for (auto& [delay, what] : outside_tasks_)
    call_after(delay, std::move(what));
  outside_tasks_.clear();
  outside_count_.store(0, std::memory_order_relaxed);
}

void worker::turn(std::optional<clock::time_point> until) {
  jobs_in_turn_ = 0;
  io_->end_turn();
  auto now = clock::now();
  if (io_->has_output()) { // sending gets as much time as the jobs before it, or it falls behind under load
    for (const auto until_even = now + (now - turn_time_); io_->has_output() && now < until_even; now = clock::now())
      io_->end_turn();
  }
  lag_.record(now - turn_time_);
  io_->poll(until);
  turn_time_ = clock::now();
  timers_.advance(turn_time_, [](task what) { what(); });
}

// Announces the sleep first and looks again then: whoever enqueues in between either is seen here or sees the bit.
worker::popped worker::sleep() {
  const auto bit = std::uint64_t{1} << index_;
  pool_.idle_.fetch_or(bit, std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  auto next = pop();
  if (next.job == nullptr)
    next = {pool_.rescue_for(*this), job_mark::kind::movable};
  if (next.job == nullptr)
    turn(timers_.next_due());
  pool_.idle_.fetch_and(~bit, std::memory_order_seq_cst);
  return next;
}

} // namespace lintel::actors
