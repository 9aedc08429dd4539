#pragma once

#include "actors/runtime_config.hpp"
#include "actors/worker_pool.hpp"

#include <caf/actor_system.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/scheduler/coordinator.hpp>

namespace lintel::actors {

/// Makes CAF's scheduler run on our workers: CAF's threads, CAF's coordinator, our queues and our idle wait.
/// Loaded by runtime_config. Everything it decides is in worker.cpp.
class worker_policy : public caf::policy::unprofiled {
public:
  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator* c) : pool(runtime_config::pool_of(c->system())) {}
    worker_pool& pool;
  };

  /// CAF builds one and copies it for each of its threads in order; the copy takes the next seat.
  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator* c) : pool(&runtime_config::pool_of(c->system())) {}
    worker_data(const worker_data& first) : pool(first.pool), place(&pool->seat_at(first.handed_out++)) {}
    worker_data& operator=(const worker_data&) = delete;

    worker_pool* pool;
    seat* place = nullptr;
    mutable std::size_t handed_out = 0;
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* c, caf::resumable* job) {
    c->data().pool.enqueue(job);
  }
  /// Only CAF's shutdown calls this, and each thread must get its own.
  template <class Worker>
  void external_enqueue(Worker* w, caf::resumable* job) {
    w->data().pool->enqueue_goodbye(*w->data().place, job);
  }
  template <class Worker>
  void internal_enqueue(Worker* w, caf::resumable* job) {
    w->data().pool->enqueue(job);
  }
  template <class Worker>
  void resume_job_later(Worker* w, caf::resumable* job) {
    w->data().pool->enqueue(job);
  }
  /// Runs everything but CAF's order to end: worker_pool::run_jobs.
  template <class Worker>
  caf::resumable* dequeue(Worker* w) {
    return w->data().pool->run_jobs(*w->data().place, *w, w->max_throughput());
  }
  template <class Worker>
  void before_shutdown(Worker* w) {
    w->data().pool->leave(*w->data().place);
  }
  /// What no thread is left for. CAF asks for each thread; the first answer has it all.
  template <class Worker, class Visitor>
  void foreach_resumable(Worker* w, Visitor visit) {
    auto& pool = *w->data().pool;
    for (std::size_t i = 0; i < pool.size(); ++i)
      while (auto* job = pool.at(i).pop_leftover())
        visit(job);
  }
  template <class Coordinator, class Visitor>
  void foreach_central_resumable(Coordinator*, Visitor) {}
};

} // namespace lintel::actors
