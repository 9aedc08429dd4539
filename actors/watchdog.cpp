#include "actors/watchdog.hpp"

#include "actors/light_process.hpp"
#include "actors/stack_text.hpp"
#include "actors/worker_pool.hpp"

#include <spdlog/spdlog.h>

#include <pthread.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace lintel::actors {

using namespace std::chrono_literals;
using action = stuck_finding::action;

namespace {

// Ten looks within the shortest sensible limit: every tenth of the overseer's, when it is wide awake.
constexpr auto look_interval = 10ms;

// For the last words. Who cannot say them in this time is held up, too.
constexpr auto last_words_patience = 2s;

// A handler that does nothing but allocate and free is in the allocator nine times out of ten.
constexpr int stop_tries = 200;
constexpr auto stop_again = 1ms;

constexpr std::size_t findings_per_thread = 3;

std::string worker_text(const activity& at) {
  return at.worker() == activity::no_worker ? "none" : std::to_string(at.worker());
}

// "actor=room:lobby message=room_push"
std::string what_is_stuck(const activity& at) {
  const auto& account = at.account();
  return fmt::format("actor={} message={}", account.actor(), account.is_in_handler ? name_of(account.during) : "-");
}

// Why a thread was not stopped.
std::string_view reason_of(stop_outcome outcome) {
  switch (outcome) {
  case stop_outcome::no_thread_left: return "no thread is left to go on with";
  case stop_outcome::not_in_handler: return "it is in no handler";
  case stop_outcome::silent: return "the kernel does not run its thread";
  case stop_outcome::not_here: return "it is in the allocator, and may hold a lock of it";
  default: return "it went on";
  }
}

std::string stack_of(const activity& at) {
  const auto& account = at.account();
  return stack_text(std::span{account.frames}.first(account.frame_count));
}

} // namespace

watchdog::watchdog(worker_pool& pool, stuck_limits limits) : pool_(pool), limits_(limits) {}

watchdog::~watchdog() {
  {
    std::lock_guard lock{mutex_};
    is_stopping_ = true;
    called_.notify_one();
  }
  if (thread_.joinable())
    thread_.join();
}

void watchdog::start() {
  if (!limits_.is_any())
    return;
  rule_.emplace(limits_, pool_.seats(), pool_.size());
  sights_.resize(pool_.seats());
  complained_.resize(pool_.seats());
  {
    std::lock_guard lock{names_mutex_};
    named_.resize(pool_.seats());
  }
  due_.reserve(findings_per_thread * pool_.seats() + 1);
  findings_.reserve(due_.capacity());
  activity::install_signal_handler();
  thread_ = std::thread{[this] { run(); }};
}

void watchdog::look() {
  if (!rule_)
    return;
  const auto now = clock::now();
  if (now - last_look_ < look_interval)
    return;
  last_look_ = now;
  for (std::size_t i = 0; i < sights_.size(); ++i) {
    const auto& at = pool_.activity_of(i);
    sights_[i] = {.job = at.look(), .worker = at.worker()};
  }
  rule_->look(now, sights_, due_);
  if (!due_.empty())
    hand_over_findings(now);
  if (end_ordered_ != clock::time_point{} && now - end_ordered_ > last_words_patience)
    std::abort();
}

// Into memory that is reserved: when the watchdog is held up and it is full, nobody reads it anyway.
void watchdog::hand_over_findings(clock::time_point now) {
  for (const auto& found : due_)
    if (found.due == action::abort && end_ordered_ == clock::time_point{})
      end_ordered_ = now;
  std::lock_guard lock{mutex_};
  for (const auto& found : due_)
    if (findings_.size() < findings_.capacity())
      findings_.push_back(found);
  due_.clear();
  called_.notify_one();
}

void watchdog::run() {
  pthread_setname_np(pthread_self(), "watchdog");
  std::vector<stuck_finding> taken;
  taken.reserve(findings_.capacity());
  for (;;) {
    {
      std::unique_lock lock{mutex_};
      const auto is_called = [this] { return is_stopping_ || !findings_.empty(); };
      if (budget_.suppressed() == 0)
        called_.wait(lock, is_called);
      else
        called_.wait_for(lock, report_budget::limit.window, is_called);
      if (is_stopping_)
        return;
      taken.swap(findings_);
    }
    if (taken.empty())
      tell_suppressed(); // a minute without another one
    for (const auto& found : taken)
      deal_with(found);
    taken.clear();
  }
}

void watchdog::deal_with(const stuck_finding& found) {
  switch (found.due) {
  case action::warn: warn(found); break;
  case action::stack: show_stack(found); break;
  case action::abandon: abandon(found); break;
  case action::abort: end_process(found);
  }
}

std::vector<std::string> watchdog::stuck_actors() const {
  std::vector<std::string> actors;
  std::lock_guard lock{names_mutex_};
  for (std::size_t i = 0; i < named_.size(); ++i)
    if (named_[i].job.is_in_handler() && pool_.activity_of(i).look() == named_[i].job)
      actors.push_back(named_[i].actor);
  return actors;
}

bool watchdog::learn_name(const stuck_finding& found, activity::question what) {
  auto& at = pool_.activity_of(found.thread);
  if (at.ask(found.job, what) != activity::outcome::answered)
    return false;
  std::lock_guard lock{names_mutex_};
  named_[found.thread] = {found.job, std::string{at.account().actor()}};
  return true;
}

bool watchdog::may_report() {
  if (!budget_.take(clock::now()))
    return false;
  tell_suppressed();
  return true;
}

void watchdog::tell_suppressed() {
  if (budget_.suppressed() > 0)
    spdlog::warn("stuck handlers: {} more reports were suppressed, {} a minute are made", budget_.suppressed(),
                 report_budget::limit.count_max);
  budget_.forget_suppressed();
}

void watchdog::warn(const stuck_finding& found) {
  pool_.count(counter::stuck_warned);
  auto& at = pool_.activity_of(found.thread);
  const auto worker = worker_text(at);
  if (!learn_name(found, activity::question::name) || !may_report())
    return;
  spdlog::warn("stuck handler {} running_ms={} worker={}", what_is_stuck(at), found.running.count(), worker);
}

void watchdog::show_stack(const stuck_finding& found) {
  auto& at = pool_.activity_of(found.thread);
  const auto worker = worker_text(at);
  if (!learn_name(found, activity::question::stack) || !may_report())
    return;
  spdlog::warn("stuck handler {} running_ms={} worker={} stack:{}", what_is_stuck(at), found.running.count(), worker,
               stack_of(at));
}

// Once per handler.
bool watchdog::complains_first(const stuck_finding& found) {
  return std::exchange(complained_[found.thread], found.job) != found.job;
}

stop_outcome watchdog::stop(const stuck_finding& found) {
  if (!found.job.is_in_handler())
    return stop_outcome::not_in_handler;
  for (int tries = 1;; ++tries) {
    const auto outcome = pool_.stop_thread(found.thread, found.job);
    if (outcome != stop_outcome::not_here || tries == stop_tries)
      return outcome;
    std::this_thread::sleep_for(stop_again);
  }
}

void watchdog::abandon(const stuck_finding& found) {
  auto& at = pool_.activity_of(found.thread);
  const auto worker = worker_text(at);
  const auto outcome = stop(found);
  if (outcome == stop_outcome::moved_on)
    return;
  if (outcome != stop_outcome::stopped) {
    if (complains_first(found))
      spdlog::error("stuck for {} ms on worker {}: cannot be abandoned, for {}", found.running.count(), worker,
                    reason_of(outcome));
    return;
  }
  pool_.count(counter::abandoned);
  at.stopped_process().go_on_without(at);
  spdlog::error("abandoned {} running_ms={} worker={}: its thread stands still for good, {} left in reserve",
                what_is_stuck(at), found.running.count(), worker, pool_.reserve_count());
}

void watchdog::end_process(const stuck_finding& found) {
  spdlog::critical("every worker has been stuck for {} ms: ending the process", found.running.count());
  for (std::size_t i = 0; i < pool_.seats(); ++i) {
    auto& at = pool_.activity_of(i);
    const auto worker = worker_text(at);
    if (const auto job = at.look(); job.is_busy())
      if (at.ask(job, activity::question::stack) == activity::outcome::answered)
        spdlog::critical("stuck handler {} worker={} stack:{}", what_is_stuck(at), worker, stack_of(at));
  }
  spdlog::default_logger()->flush();
  std::abort();
}

} // namespace lintel::actors
