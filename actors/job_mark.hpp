#pragma once

#include <atomic>
#include <cstdint>

namespace lintel::actors {

/// What a worker's thread runs right now: one word, written by that thread, read by everybody, and changed by somebody
/// else in one case only: when the worker is taken away from a thread that is busy with a movable job.
class job_mark {
public:
  enum class kind : std::uint8_t { none, pinned, movable, taken };

  /// Two that are equal are the same job.
  struct view {
    std::uint64_t bits = 0;
    kind what() const noexcept { return static_cast<kind>(bits & 3); }
    bool operator==(const view&) const = default;
  };

  /// The worker's thread. Everything it did to the worker before is visible to whoever takes it.
  view begin(kind what) noexcept {
    ++ticket_;
    const view job{ticket_ << 2 | static_cast<std::uint64_t>(what)};
    bits_.store(job.bits, std::memory_order_release);
    return job;
  }
  /// The thread that began `job`. False: somebody took the worker meanwhile, and it must not be touched any more.
  [[nodiscard]] bool end(view job) noexcept {
    const auto over = job.bits & ~std::uint64_t{3};
    if (job.what() == kind::movable)
      return bits_.compare_exchange_strong(job.bits, over, std::memory_order_acq_rel);
    bits_.store(over, std::memory_order_relaxed); // nobody takes these
    return true;
  }
  /// The thread that was given the worker.
  view start_over() noexcept { return begin(kind::none); }

  view look() const noexcept { return {bits_.load(std::memory_order_acquire)}; }

  /// Any thread, of a movable job. True: it still runs, and the worker is now ours to give to another thread.
  [[nodiscard]] bool take(view seen) noexcept {
    return bits_.compare_exchange_strong(seen.bits, seen.bits | static_cast<std::uint64_t>(kind::taken),
                                         std::memory_order_acq_rel);
  }

private:
  std::atomic<std::uint64_t> bits_{0};
  std::uint64_t ticket_ = 0; // of the thread that has the worker
};

} // namespace lintel::actors
