#pragma once

#include "history/log_orders.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace lintel::history {

/// The threads that read for a log. Jobs are taken in their order, by whoever is free; sweeps when nothing else waits.
class reader_pool {
public:
  /// `report` takes what readers found, on their threads.
  reader_pool(topic_reader& reader, log_stats& stats, std::function<void(writer_order)> report);
  ~reader_pool() { close(); }
  reader_pool(const reader_pool&) = delete;
  reader_pool& operator=(const reader_pool&) = delete;

  static constexpr std::size_t threads = 2;
  static constexpr std::uint32_t sweep_topics = 200; ///< looked at in one job: a few milliseconds

  void post(reader_job job);
  /// Returns when no job waits or is under way. Whoever posts jobs must not, meanwhile.
  void wait_until_idle();
  /// Finishes everything but sweeps.
  void close();

private:
  void run();
  std::optional<reader_job> take();
  void carry_out(find_job& job);
  void carry_out(open_job& job);
  void carry_out(read_job& job);
  void carry_out(sweep_job& job);

  topic_reader& reader_;
  log_stats& stats_;
  const std::function<void(writer_order)> report_;
  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  std::deque<reader_job> jobs_;
  std::deque<sweep_job> sweeps_;
  std::size_t under_way_ = 0;
  bool is_closed_ = false;
  std::vector<std::thread> threads_; // last: they use everything above
};

} // namespace lintel::history
