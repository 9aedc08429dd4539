#pragma once

#include "actors/stuck_rule.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lintel::actors {

class worker_pool;

/// What became of an attempt to stop a thread.
enum class stop_outcome : std::uint8_t {
  stopped,
  moved_on,       ///< the job is over
  silent,         ///< the thread does not run
  not_here,       ///< it is in the allocator just now
  no_thread_left, ///< for its worker
  not_in_handler, ///< of a process that somebody could go on with
};

/// Deals with handlers that do not end: names them, shows where they are, goes on without them, and ends the process
/// when no worker gets anywhere any more (docs/decisions/0010-stuck-handlers.md).
///
/// Two threads, so that the one that must not block never does. The overseer looks, and neither allocates nor logs; the
/// watchdog's own thread asks, logs and abandons. Should it be held up itself (by a lock that a stuck handler has), the
/// overseer still ends the process.
class watchdog {
public:
  /// `limits` all 0: there is no thread, and nothing is ever done.
  watchdog(worker_pool& pool, stuck_limits limits);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// Once the pool has its workers and seats.
  void start();

  /// The overseer, at each of its looks; most of them come too soon after the last one to matter.
  void look();
  /// The actors whose handlers have run for longer than `limits.warn` and still do, by name. Any thread.
  std::vector<std::string> stuck_actors() const;
  /// The overseer must not sleep: somebody is at something, perhaps without a worker.
  bool sees_work() const noexcept { return rule_ && rule_->sees_work(); }

private:
  using clock = std::chrono::steady_clock;

  void hand_over_findings(clock::time_point now);

  // the watchdog's thread
  void run();
  void deal_with(const stuck_finding& found);
  void warn(const stuck_finding& found);
  void show_stack(const stuck_finding& found);
  stop_outcome stop(const stuck_finding& found);
  void abandon(const stuck_finding& found);
  [[noreturn]] void end_process(const stuck_finding& found);
  bool learn_name(const stuck_finding& found, activity::question what);
  bool may_report();
  void tell_suppressed();
  bool complains_first(const stuck_finding& found);

  worker_pool& pool_;
  const stuck_limits limits_;

  // the overseer's
  std::optional<stuck_rule> rule_; // nothing: off
  std::vector<stuck_rule::sight> sights_;
  std::vector<stuck_finding> due_;
  clock::time_point last_look_{};
  clock::time_point end_ordered_{};

  std::mutex mutex_;
  std::condition_variable called_;
  std::vector<stuck_finding> findings_; // guarded by mutex_
  bool is_stopping_ = false;            // guarded by mutex_
  struct named_job {
    activity::view job;
    std::string actor;
  };
  mutable std::mutex names_mutex_; // apart: the overseer does not wait for those who look
  std::vector<named_job> named_;   // per thread: who it was stuck with last; guarded by names_mutex_

  // the watchdog's thread's
  report_budget budget_;
  std::vector<activity::view> complained_; // per thread: the handler that cannot be abandoned, said already
  std::thread thread_;
};

} // namespace lintel::actors
