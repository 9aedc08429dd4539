#include "actors/worker.hpp"

#include "base/ensure.hpp"

#include <pthread.h>

#include <bit>
#include <string>

namespace lintel::actors {

namespace {

thread_local worker* this_worker = nullptr;

// A job behind a handler that runs longer than this is taken over by a worker that sleeps. One wake-up per
// millisecond of one worker, only while another one works.
constexpr auto watch_interval = std::chrono::milliseconds{1};

// Movable jobs worth waking a peer for. Below it the owner is done sooner than the peer is awake (about 30 us).
constexpr std::size_t surplus_jobs = 4;

} // namespace

worker::worker(worker_pool& pool, std::size_t index, std::unique_ptr<reactor> io)
    : pool_(pool), index_(index), io_(std::move(io)) {}

worker* worker::current() noexcept { return this_worker; }

void worker::call_after(clock::duration delay, std::function<void()> task) {
  timers_.arm(turn_time_ + delay, std::move(task));
}

void worker::start_thread(caf::execution_unit*) {
  this_worker = this;
  jobs_started_of_peers_.resize(pool_.size());
  pthread_setname_np(pthread_self(), ("worker/" + std::to_string(index_)).c_str());
  turn_time_ = clock::now();
  io_->start();
}

void worker::finish_thread() noexcept {
  io_->finish();
  this_worker = nullptr;
}

caf::resumable* worker::next_job(caf::execution_unit* unit) {
  if (this_worker == nullptr) [[unlikely]]
    start_thread(unit);
  jobs_started_.store(jobs_started_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (is_turn_over())
    turn(turn_time_); // in the past: takes what is ready and does not sleep
  for (;;) {
    if (auto* job = pop())
      return job;
    io_->end_turn();
    if (auto* job = sleep())
      return job;
  }
}

bool worker::is_turn_over() {
  ++jobs_in_turn_;
  return jobs_in_turn_ > jobs_per_turn ||
         (jobs_in_turn_ % jobs_per_look_at_the_clock == 0 && clock::now() - turn_time_ > turn_length);
}

caf::resumable* worker::pop() {
  take_outside_jobs();
  // In turns, so that neither a busy room nor busy connections starve the other kind.
  movable_turn_ = !movable_turn_;
  if (movable_turn_) {
    if (auto* job = pop_movable())
      return job;
    return pinned_.pop();
  }
  if (auto* job = pinned_.pop())
    return job;
  return pop_movable();
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
  outside_count_.store(0, std::memory_order_relaxed);
}

void worker::turn(std::optional<clock::time_point> until) {
  jobs_in_turn_ = 0;
  io_->end_turn();
  io_->poll(until);
  turn_time_ = clock::now();
  timers_.advance(turn_time_, [](std::function<void()> task) { task(); });
}

// Announces the sleep first and looks again then: whoever enqueues in between either is seen here or sees the bit.
caf::resumable* worker::sleep() {
  const auto bit = std::uint64_t{1} << index_;
  pool_.idle_.fetch_or(bit, std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  auto* job = pop();
  if (job == nullptr)
    job = pool_.rescue_for(*this);
  if (job != nullptr) {
    pool_.idle_.fetch_and(~bit, std::memory_order_seq_cst);
    return job;
  }
  auto until = timers_.next_due();
  const bool watches = pool_.anybody_runs() && !pool_.is_watched_.exchange(true);
  if (watches) {
    auto next_look = clock::now() + watch_interval;
    until = until ? std::min(*until, next_look) : next_look;
  }
  turn(until);
  pool_.idle_.fetch_and(~bit, std::memory_order_seq_cst);
  if (watches)
    pool_.stop_watching();
  return nullptr;
}

caf::resumable* worker::pop_leftover() { return pop(); }

worker_pool::worker_pool(std::vector<std::unique_ptr<reactor>> reactors) {
  base::ensure(!reactors.empty() && reactors.size() <= workers_max, "between 1 and 64 workers");
  for (auto& io : reactors) {
    everybody_ |= std::uint64_t{1} << workers_.size();
    workers_.push_back(std::make_unique<worker>(*this, workers_.size(), std::move(io)));
  }
}

void worker_pool::enqueue(caf::resumable* job) {
  if (auto* mine = worker::current()) {
    put_movable(*mine, job);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    // Somebody should be awake who notices if our present handler never ends.
    if (mine->movable_count_.load(std::memory_order_relaxed) > surplus_jobs ||
        !is_watched_.load(std::memory_order_relaxed)) {
      // Not ourselves: while the sockets are polled our own bit is still set.
      claim_sleeper(everybody_ & ~(std::uint64_t{1} << mine->index_));
    }
    return;
  }
  auto index = next_.fetch_add(1, std::memory_order_relaxed) % workers_.size();
  if (auto sleepers = idle_.load(std::memory_order_relaxed); sleepers != 0)
    index = static_cast<std::size_t>(std::countr_zero(sleepers));
  put_movable(*workers_[index], job);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  claim_sleeper(std::uint64_t{1} << index) || claim_sleeper(everybody_);
}

void worker_pool::put_movable(worker& target, caf::resumable* job) {
  std::lock_guard lock{target.movable_mutex_};
  target.movable_.push(job);
  target.movable_count_.store(target.movable_.size(), std::memory_order_relaxed);
}

void worker_pool::enqueue_on(std::size_t index, caf::resumable* job) {
  auto& target = *workers_[index];
  if (worker::current() == &target) {
    target.pinned_.push(job);
    return;
  }
  {
    std::lock_guard lock{target.outside_mutex_};
    target.outside_.push(job);
    target.outside_count_.store(target.outside_.size(), std::memory_order_relaxed);
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  claim_sleeper(std::uint64_t{1} << index);
}

// Exactly one enqueuer clears the bit and pays for the wake-up call.
bool worker_pool::claim_sleeper(std::uint64_t among) {
  auto idle = idle_.load(std::memory_order_seq_cst);
  while ((idle & among) != 0) {
    const auto chosen = static_cast<std::size_t>(std::countr_zero(idle & among));
    if (idle_.compare_exchange_weak(idle, idle & ~(std::uint64_t{1} << chosen))) {
      workers_[chosen]->io().wake();
      return true;
    }
  }
  return false;
}

// The watcher may be about to run something long itself: what waits meanwhile needs another one's eyes.
void worker_pool::stop_watching() {
  is_watched_.store(false, std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  for (const auto& w : workers_)
    if (w->movable_count_.load(std::memory_order_relaxed) > 0) {
      claim_sleeper(everybody_);
      return;
    }
}

bool worker_pool::anybody_runs() const noexcept { return idle_.load(std::memory_order_relaxed) != everybody_; }

caf::resumable* worker_pool::rescue_for(worker& idle_one) {
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    auto& peer = *workers_[(idle_one.index_ + i) % workers_.size()];
    auto& seen = idle_one.jobs_started_of_peers_[peer.index_];
    const auto started = peer.jobs_started_.load(std::memory_order_relaxed);
    const auto waiting = peer.movable_count_.load(std::memory_order_relaxed);
    const bool stands_still = seen == started;
    seen = started;
    if (waiting > surplus_jobs || (waiting > 0 && stands_still))
      if (auto* job = peer.pop_movable()) {
        idle_one.counters_.add(counter::rescued_jobs);
        return job;
      }
  }
  return nullptr;
}

void worker_pool::count(counter which, std::uint64_t n) noexcept {
  if (auto* mine = worker::current())
    mine->counters().add(which, n);
  else
    elsewhere_.add_shared(which, n);
}

std::uint64_t worker_pool::total(counter which) const noexcept {
  auto sum = elsewhere_.value(which);
  for (const auto& w : workers_)
    sum += w->counters_.value(which);
  return sum;
}

} // namespace lintel::actors
