#pragma once

#include <caf/resumable.hpp>

#include <cstddef>
#include <vector>

namespace lintel::actors {

/// A growing ring of jobs, first in, first out. No allocation per job. Not thread-safe.
class run_queue {
public:
  run_queue() : jobs_(initial_capacity) {}

  bool is_empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }

  void push(caf::resumable* job) {
    if (count_ == jobs_.size())
      grow();
    jobs_[(first_ + count_) & (jobs_.size() - 1)] = job;
    ++count_;
  }

  /// nullptr when empty.
  caf::resumable* pop() noexcept {
    if (count_ == 0)
      return nullptr;
    auto* job = jobs_[first_];
    first_ = (first_ + 1) & (jobs_.size() - 1);
    --count_;
    return job;
  }

private:
  static constexpr std::size_t initial_capacity = 256; // a power of two: the index is masked

  void grow() {
    std::vector<caf::resumable*> larger(jobs_.size() * 2);
    for (std::size_t i = 0; i < count_; ++i)
      larger[i] = jobs_[(first_ + i) & (jobs_.size() - 1)];
    jobs_.swap(larger);
    first_ = 0;
  }

  std::vector<caf::resumable*> jobs_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

} // namespace lintel::actors
