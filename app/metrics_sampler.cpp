#include "app/metrics_sampler.hpp"

#include "actors/connection_supervisor.hpp"

#include <pthread.h>

#include <utility>

namespace lintel::app {

namespace {

// Everybody that the tree shows.
restart_counts restarts_of_all(const server_parts& parts) {
  auto counts = parts.noted.all();
  for (const auto& process : parts.directory.all())
    counts[process->name()] = restarts_of(*process, parts.noted);
  return counts;
}

} // namespace

std::uint64_t restarts_of(actors::light_process& process, const restart_notes& noted) {
  const auto name = process.name();
  const auto incarnation = process.incarnation();
  auto count = noted.of(name) + (incarnation > 0 ? incarnation - 1 : 0);
  if (name.starts_with("connections/"))
    count += static_cast<actors::connection_supervisor&>(process).child_restarts();
  else if (name.starts_with("rooms/"))
    count += static_cast<actors::room_supervisor&>(process).child_restarts();
  return count;
}

void metrics_sampler::start(server_parts& parts, std::function<void()> told) {
  thread_ = std::thread{[this, &parts, told = std::move(told)] {
    pthread_setname_np(pthread_self(), "sampler");
    run(parts, told);
  }};
}

void metrics_sampler::stop() {
  {
    std::lock_guard lock{mutex_};
    is_stopping_ = true;
    called_.notify_all();
  }
  if (thread_.joinable())
    thread_.join();
}

void metrics_sampler::run(server_parts& parts, const std::function<void()>& told) {
  auto due = metrics_history::clock::now();
  std::unique_lock lock{mutex_};
  while (!is_stopping_) {
    lock.unlock();
    parts.recent.add(read_metrics(parts), restarts_of_all(parts));
    told();
    lock.lock();
    due = std::max(due + metrics_history::interval, metrics_history::clock::now()); // what was missed stays missed
    called_.wait_until(lock, due, [this] { return is_stopping_; });
  }
}

} // namespace lintel::app
