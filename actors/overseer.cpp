#include "actors/overseer.hpp"

#include "actors/worker_pool.hpp"

#include <malloc.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace lintel::actors {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::nanoseconds look_interval = 1ms;
constexpr std::chrono::nanoseconds doze_interval = 50ms;
// Five seconds without a movable job: what a burst allocated and freed goes back to the system. malloc keeps it
// otherwise, because something small that lives on lies at the end of each arena.
constexpr unsigned doze_looks_before_trim = 100;

void set_timer(int timer, std::chrono::nanoseconds interval) noexcept {
  const timespec every{.tv_sec = 0, .tv_nsec = interval.count()};
  const itimerspec when{.it_interval = every, .it_value = every};
  ::timerfd_settime(timer, 0, &when, nullptr);
}

} // namespace

overseer::overseer(worker_pool& pool) : pool_(pool), timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {
  if (timer_ < 0)
    throw std::system_error{errno, std::generic_category(), "timerfd_create"};
}

overseer::~overseer() {
  is_stopping_ = true;
  set_timer(timer_, 1ns);
  if (thread_.joinable())
    thread_.join();
  if (trimmer_.joinable())
    trimmer_.join();
  ::close(timer_);
}

void overseer::start() {
  seen_.resize(pool_.size());
  thread_ = std::thread{[this] { run(); }};
}

// Any number of workers at once; one of them sets the timer.
void overseer::awaken() noexcept {
  if (depth_.exchange(sleep_depth::awake) != sleep_depth::awake)
    set_pace(sleep_depth::awake);
}

void overseer::set_pace(sleep_depth depth) noexcept {
  switch (depth) {
  case sleep_depth::awake: set_timer(timer_, look_interval); break;
  case sleep_depth::dozing: set_timer(timer_, doze_interval); break;
  case sleep_depth::fast_asleep: set_timer(timer_, 0ns); break; // off
  }
}

void overseer::run() {
  pthread_setname_np(pthread_self(), "overseer");
  auto pace = sleep_depth::awake;
  auto announced = sleep_depth::awake;
  set_pace(pace);
  for (std::uint64_t expirations = 0;;) {
    if (::read(timer_, &expirations, sizeof expirations) < 0 && errno != EINTR)
      return;
    if (is_stopping_)
      return;
    auto depth = depth_.load();
    if (depth == sleep_depth::awake && announced != sleep_depth::awake)
      pace = announced = sleep_depth::awake; // we were called
    look();
    pool_.stuck_watch().look();
    give_memory_back(pace);
    // A job that began before it could read the new depth does not call us: one more look at the old pace finds it.
    const auto next = depth_after_look();
    auto next_pace = std::min(announced, next);
    announced = next;
    if (!depth_.compare_exchange_strong(depth, next)) // called while we looked
      next_pace = announced = sleep_depth::awake;
    if (next_pace == pace && pace != sleep_depth::dozing) // a late call may have set the timer of a doze
      continue;
    set_pace(pace = next_pace);
    if (depth_.load() == sleep_depth::awake || is_stopping_) // called meanwhile, and we may have set the timer later
      set_pace(pace = announced = sleep_depth::awake);
  }
}

void overseer::look() {
  has_seen_movable_ = has_seen_work_ = false;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const auto now = pool_.running_on(i);
    const auto before = std::exchange(seen_[i], now);
    if (now == before && now.what() == job_mark::kind::none)
      continue;
    has_seen_work_ = true;
    has_seen_movable_ = has_seen_movable_ || now.what() == job_mark::kind::movable;
    if (now != before)
      pool_.call_off_rescue(i);
    else if (!pool_.hand_over(i, now))
      pool_.ask_for_rescue(i);
  }
}

void overseer::give_memory_back(sleep_depth pace) {
  if (has_seen_movable_ || pace == sleep_depth::awake)
    doze_looks_ = 0;
  else if (pace == sleep_depth::dozing && doze_looks_ < doze_looks_before_trim)
    if (++doze_looks_ == doze_looks_before_trim)
      trim();
}

// On a thread of its own: malloc holds an arena while it trims it, 0.15 ms per MiB, and we have to go on looking.
void overseer::trim() {
  if (pool_.stopped_threads() > 0)
    return; // one of them may hold its arena for good
  if (trimmer_.joinable())
    trimmer_.join(); // it had five seconds
  trimmer_ = std::thread{[] {
    pthread_setname_np(pthread_self(), "trimmer");
    ::malloc_trim(0);
  }};
}

overseer::sleep_depth overseer::depth_after_look() noexcept {
  if (has_seen_movable_)
    return sleep_depth::awake;
  return has_seen_work_ || pool_.stuck_watch().sees_work() || doze_looks_ < doze_looks_before_trim
             ? sleep_depth::dozing
             : sleep_depth::fast_asleep;
}

} // namespace lintel::actors
