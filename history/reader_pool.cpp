#include "history/reader_pool.hpp"

#include <pthread.h>

#include <utility>

namespace lintel::history {

namespace {

auto time_since(order_time then) { return std::chrono::steady_clock::now() - then; }

} // namespace

reader_pool::reader_pool(topic_reader& reader, log_stats& stats, std::function<void(writer_order)> report)
    : reader_(reader), stats_(stats), report_(std::move(report)) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this] { run(); });
}

void reader_pool::post(reader_job job) {
  std::lock_guard lock{mutex_};
  if (auto* const sweep = std::get_if<sweep_job>(&job))
    sweeps_.push_back(*sweep);
  else
    jobs_.push_back(std::move(job));
  changed_.notify_all(); // all, for who waits for idleness waits here, too
}

void reader_pool::wait_until_idle() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return jobs_.empty() && sweeps_.empty() && under_way_ == 0; });
}

void reader_pool::close() {
  {
    std::lock_guard lock{mutex_};
    is_closed_ = true;
    sweeps_.clear();
    changed_.notify_all();
  }
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

std::optional<reader_job> reader_pool::take() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return is_closed_ || !jobs_.empty() || !sweeps_.empty(); });
  if (jobs_.empty() && sweeps_.empty())
    return {};
  ++under_way_;
  if (jobs_.empty()) {
    const auto sweep = sweeps_.front();
    sweeps_.pop_front();
    return sweep;
  }
  auto job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

void reader_pool::run() {
  ::pthread_setname_np(::pthread_self(), "history-read");
  while (auto job = take()) {
    std::visit([this](auto& it) { carry_out(it); }, *job);
    job.reset(); // its view of the database goes before we are idle
    std::lock_guard lock{mutex_};
    --under_way_;
    changed_.notify_all();
  }
}

void reader_pool::carry_out(find_job& job) {
  auto found = reader_.find(job.topic);
  if (!job.order)
    return report_(topic_found{std::move(job.topic), std::move(found), {}});
  open_job opening{.view = {.topic = job.topic,
                            .id = found.id,
                            .epoch = found.record.epoch,
                            .first = found.record.first,
                            .last = found.last,
                            .bytes_so_far = found.bytes_so_far,
                            .keep = job.order->keep,
                            // Nothing has been written to it since it was found: its writer waits for the report.
                            .moment = found.id == 0 ? nullptr : reader_.moment()},
                   .order = std::move(*job.order)};
  const auto error = found.error;
  // First, for whoever is answered may append at once.
  report_(topic_found{std::move(job.topic), std::move(found), opening.order.keep});
  if (error != log_error::none)
    return opening.order.done({.error = error});
  carry_out(opening);
}

void reader_pool::carry_out(open_job& job) {
  auto answer = reader_.open(job.view, job.order.tail_max, job.order.tail_bytes_max);
  stats_.opens.fetch_add(1, std::memory_order_relaxed);
  stats_.read_time.record(time_since(job.order.since));
  job.order.done(std::move(answer));
}

void reader_pool::carry_out(read_job& job) {
  auto answer = reader_.read(job.view, job.order.which);
  stats_.reads.fetch_add(1, std::memory_order_relaxed);
  stats_.read_time.record(time_since(job.order.since));
  job.order.done(std::move(answer));
}

void reader_pool::carry_out(sweep_job& job) { report_(sweep_made{reader_.find_due(job.from_id, sweep_topics)}); }

} // namespace lintel::history
