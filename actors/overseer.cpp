#include "actors/overseer.hpp"

#include "actors/worker_pool.hpp"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

namespace lintel::actors {

using namespace std::chrono_literals;

namespace {

constexpr auto look_interval = 1ms;
constexpr auto doze_interval = 50ms;
// An isolated movable job ends long before the first look. Two quiet ones, and the next job may call us again.
constexpr unsigned quiet_looks_before_dozing = 2;
// Five seconds without a movable job: what a burst allocated and freed goes back to the system. malloc keeps it
// otherwise, because something small that lives on lies at the end of each arena.
constexpr unsigned doze_looks_before_trim = 100;

} // namespace

void overseer::start() {
  seen_.resize(pool_.size());
  thread_ = std::thread{[this] { run(); }};
}

overseer::~overseer() {
  if (!thread_.joinable())
    return;
  {
    std::lock_guard lock{mutex_};
    is_stopping_ = true;
    called_.notify_one();
  }
  thread_.join();
}

void overseer::awaken() noexcept {
  if (depth_.exchange(sleep_depth::awake, std::memory_order_relaxed) == sleep_depth::awake)
    return; // somebody else did
  std::lock_guard lock{mutex_};
  is_called_ = true;
  called_.notify_one();
}

void overseer::run() {
  pthread_setname_np(pthread_self(), "overseer");
  auto announced = sleep_depth::awake;
  auto depth = sleep_depth::awake;
  while (wait(depth)) {
    look();
    give_memory_back(depth);
    const auto next = depth_after_look();
    // A job that began before it could read the new depth does not call us: one more look at the old pace finds it.
    depth = std::min(announced, next);
    announced = next;
    depth_.store(next, std::memory_order_relaxed);
  }
}

bool overseer::wait(sleep_depth depth) {
  std::unique_lock lock{mutex_};
  const auto is_over = [&] { return is_called_ || is_stopping_; };
  switch (depth) {
  case sleep_depth::awake: called_.wait_for(lock, look_interval, is_over); break;
  case sleep_depth::dozing: called_.wait_for(lock, doze_interval, is_over); break;
  case sleep_depth::fast_asleep: called_.wait(lock, is_over); break;
  }
  is_called_ = false;
  return !is_stopping_;
}

void overseer::look() {
  has_seen_work_ = false;
  ++quiet_looks_;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const auto now = pool_.running_on(i);
    const auto before = std::exchange(seen_[i], now);
    if (now == before && now.what() == job_mark::kind::none)
      continue;
    has_seen_work_ = true;
    if (now.what() == job_mark::kind::movable)
      quiet_looks_ = 0;
    if (now != before)
      pool_.call_off_rescue(i);
    else if (!pool_.hand_over(i, now))
      pool_.ask_for_rescue(i);
  }
}

void overseer::give_memory_back(sleep_depth depth) {
  if (quiet_looks_ == 0) {
    doze_looks_ = 0;
  } else if (depth == sleep_depth::dozing && doze_looks_ < doze_looks_before_trim) {
    if (++doze_looks_ == doze_looks_before_trim)
      ::malloc_trim(0);
  }
}

overseer::sleep_depth overseer::depth_after_look() noexcept {
  if (quiet_looks_ < quiet_looks_before_dozing)
    return sleep_depth::awake;
  return has_seen_work_ || doze_looks_ < doze_looks_before_trim ? sleep_depth::dozing : sleep_depth::fast_asleep;
}

} // namespace lintel::actors
