#include "actors/worker_pool.hpp"

#include "base/ensure.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace lintel::actors {

namespace {

// Movable jobs worth waking a peer for. Below it the owner is done sooner than the peer is awake (about 30 us).
constexpr std::size_t surplus_jobs = 4;

constexpr std::uint64_t bit_of(std::size_t worker) noexcept { return std::uint64_t{1} << worker; }

} // namespace

worker_pool::worker_pool(std::vector<std::unique_ptr<reactor>> reactors, std::size_t spare_seats, stuck_limits limits)
    : watchdog_(*this, limits) {
  base::ensure(!reactors.empty() && reactors.size() <= workers_max, "between 1 and 64 workers");
  for (auto& io : reactors) {
    everybody_ |= bit_of(workers_.size());
    workers_.push_back(std::make_unique<worker>(*this, workers_.size(), std::move(io)));
  }
  for (std::size_t i = 0; i < workers_.size() + spare_seats; ++i) {
    seats_.push_back(std::make_unique<seat>());
    if (i < workers_.size())
      put(*seats_.back(), workers_[i].get());
  }
  watchdog_.start();
  overseer_.start();
}

void worker_pool::enqueue(caf::resumable* job) {
  if (auto* mine = nearby()) {
    put_movable(*mine, job);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const auto bit = bit_of(mine->index_);
    // A movable job may have lost its worker, and its new thread be asleep. In a pinned job our bit is set only while
    // the sockets are polled, and the queue is looked at after that.
    if (worker::current() == nullptr)
      claim_sleeper(bit);
    if (mine->movable_count_.load(std::memory_order_relaxed) > surplus_jobs)
      claim_sleeper(everybody_ & ~bit);
    return;
  }
  auto index = next_.fetch_add(1, std::memory_order_relaxed) % workers_.size();
  if (auto sleepers = idle_.load(std::memory_order_relaxed); sleepers != 0)
    index = static_cast<std::size_t>(std::countr_zero(sleepers));
  put_movable(*workers_[index], job);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  claim_sleeper(bit_of(index)) || claim_sleeper(everybody_);
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
    target.outside_count_.fetch_add(1, std::memory_order_relaxed);
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  claim_sleeper(bit_of(index));
}

void worker_pool::call_after(worker::clock::duration delay, worker::task what) {
  if (auto* mine = worker::current()) {
    mine->call_after(delay, std::move(what));
    return;
  }
  auto* target = nearby() != nullptr ? nearby() : workers_.front().get();
  {
    std::lock_guard lock{target->outside_mutex_};
    target->outside_tasks_.emplace_back(delay, std::move(what));
    target->outside_count_.fetch_add(1, std::memory_order_relaxed);
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  claim_sleeper(bit_of(target->index_));
}

// Exactly one enqueuer clears the bit and pays for the wake-up call.
bool worker_pool::claim_sleeper(std::uint64_t among) {
  auto idle = idle_.load(std::memory_order_seq_cst);
  while ((idle & among) != 0) {
    const auto chosen = static_cast<std::size_t>(std::countr_zero(idle & among));
    if (idle_.compare_exchange_weak(idle, idle & ~bit_of(chosen))) {
      workers_[chosen]->io().wake();
      return true;
    }
  }
  return false;
}

void worker_pool::ask_for_rescue(std::size_t index) {
  if (workers_[index]->movable_count_.load(std::memory_order_relaxed) == 0)
    return;
  needs_rescue_.fetch_or(bit_of(index), std::memory_order_seq_cst);
  claim_sleeper(everybody_);
}

void worker_pool::call_off_rescue(std::size_t index) noexcept {
  const auto bit = bit_of(index);
  if ((needs_rescue_.load(std::memory_order_relaxed) & bit) != 0)
    needs_rescue_.fetch_and(~bit, std::memory_order_relaxed);
}

caf::resumable* worker_pool::rescue_for(worker& idle_one) {
  const auto needy = needs_rescue_.load(std::memory_order_relaxed);
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    auto& peer = *workers_[(idle_one.index_ + i) % workers_.size()];
    const auto bit = bit_of(peer.index_);
    if (peer.movable_count_.load(std::memory_order_relaxed) <= surplus_jobs && (needy & bit) == 0)
      continue;
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

// --- threads

// CAF's own loop tells its logger about every job, before and after: half a microsecond per message of a client.
caf::resumable* worker_pool::run_jobs(seat& place, caf::execution_unit& unit, std::size_t letters_max) {
  place.doing_.sit_down();
  for (;;) {
    auto* job = next_job(place);
    if (is_goodbye(job))
      return job;
    place.doing_.begin_job(*job);
    if (job->resume(&unit, letters_max) == caf::resumable::resume_later)
      enqueue(job); // with the reference that it came with
    else
      caf::intrusive_ptr_release(job);
    place.doing_.end_job();
  }
}

bool worker_pool::is_goodbye(const caf::resumable* job) {
  if (!has_goodbyes_.load(std::memory_order_relaxed)) // set before any goodbye is put where it can be found
    return false;
  std::lock_guard lock{seats_mutex_};
  return std::ranges::find(goodbyes_, job) != goodbyes_.end();
}

caf::resumable* worker_pool::next_job(seat& place) {
  for (;;) {
    if (place.mine_ == nullptr) {
      caf::resumable* goodbye = nullptr;
      place.mine_ = wait_in_reserve(place, goodbye);
      if (goodbye != nullptr)
        return goodbye;
      place.mine_->take_thread();
    }
    if (auto* job = place.mine_->next_job())
      return job;
    place.mine_ = nullptr;
  }
}

worker* worker_pool::wait_in_reserve(seat& place, caf::resumable*& goodbye) {
  std::unique_lock lock{seats_mutex_};
  if (place.at_ == nullptr && place.goodbye_ == nullptr)
    reserve_.push_back(&place);
  place.called_.wait(lock, [&] { return place.at_ != nullptr || place.goodbye_ != nullptr; });
  goodbye = std::exchange(place.goodbye_, nullptr);
  return place.at_;
}

bool worker_pool::hand_over(std::size_t index, job_mark::view seen) {
  auto& which = *workers_[index];
  std::lock_guard lock{seats_mutex_};
  if (seen.what() != job_mark::kind::movable || reserve_.empty() || !which.mark_.take(seen))
    return false;
  for (auto& place : seats_)
    if (place->at_ == &which)
      put(*place, nullptr);
  put_in_reserve_thread(which);
  elsewhere_.add_shared(counter::hand_overs);
  return true;
}

// With seats_mutex_ held, as the next one.
void worker_pool::put(seat& place, worker* at) noexcept {
  place.at_ = at;
  place.doing_.set_worker(at != nullptr ? static_cast<std::uint16_t>(at->index_) : activity::no_worker);
}

void worker_pool::put_in_reserve_thread(worker& which) {
  auto* next = reserve_.back();
  reserve_.pop_back();
  put(*next, &which);
  next->called_.notify_one();
}

// The lock is held while the thread answers: no handler takes it, and the reserve must not be empty afterwards.
stop_outcome worker_pool::stop_thread(std::size_t seat_index, activity::view seen) {
  auto& place = *seats_[seat_index];
  std::lock_guard lock{seats_mutex_};
  if (place.at_ != nullptr && reserve_.empty())
    return stop_outcome::no_thread_left;
  switch (place.doing_.ask(seen, activity::question::stop)) {
  case activity::outcome::answered: break;
  case activity::outcome::moved_on: return stop_outcome::moved_on;
  case activity::outcome::silent: return stop_outcome::silent;
  case activity::outcome::not_here: return stop_outcome::not_here;
  }
  stopped_threads_.fetch_add(1, std::memory_order_relaxed);
  if (auto* left = place.at_) {
    if (const auto job = left->mark_.look(); job.what() == job_mark::kind::movable)
      (void)left->mark_.take(job); // or the overseer would hand the worker over once more
    put(place, nullptr);
    put_in_reserve_thread(*left);
  }
  return stop_outcome::stopped;
}

std::size_t worker_pool::reserve_count() const {
  std::lock_guard lock{seats_mutex_};
  return reserve_.size();
}

void worker_pool::enqueue_goodbye(seat& place, caf::resumable* job) {
  std::unique_lock lock{seats_mutex_};
  goodbyes_.push_back(job);
  has_goodbyes_.store(true, std::memory_order_relaxed);
  if (place.at_ == nullptr) {
    place.goodbye_ = job;
    std::erase(reserve_, &place);
    place.called_.notify_one();
    return;
  }
  const auto index = place.at_->index_;
  lock.unlock();
  enqueue_on(index, job);
}

void worker_pool::leave(seat& place) noexcept {
  if (auto* mine = std::exchange(place.mine_, nullptr))
    mine->finish_thread();
  place.doing_.leave();
  std::lock_guard lock{seats_mutex_};
  put(place, nullptr);
}

} // namespace lintel::actors
