#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace lintel::base {

/// A hashed timing wheel: arming is a push_back, firing a look at one bucket. There is no cancel: a token names
/// what it is about (a slot and a generation, a process), and whoever is called looks whether it still matters.
/// A deadline that moves with every received byte is never re-armed: the callee compares and arms again.
/// Not thread-safe but for armed(). Fires up to one tick late, never early.
template <class Token>
class timing_wheel {
public:
  using clock = std::chrono::steady_clock;

  timing_wheel(clock::duration tick, std::size_t buckets, clock::time_point now)
      : tick_(tick), buckets_(buckets), start_(now) {}

  void arm(clock::time_point due, Token token) {
    auto at = tick_after(due);
    if (at <= current_)
      at = current_ + 1;
    buckets_[at % buckets_.size()].push_back({at, std::move(token)});
    count(+1);
  }

  /// Calls `fire(Token)` for everything due at `now`; it may arm again.
  template <class Fire>
  void advance(clock::time_point now, Fire&& fire) {
    const auto target = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (now - start_) / tick_));
    if (armed() == 0) {
      current_ = std::max(current_, target);
      return;
    }
    while (current_ < target) {
      ++current_;
      empty_bucket(fire);
    }
  }

  /// When advance() has something to look at; nullopt when nothing is armed.
  std::optional<clock::time_point> next_due() const {
    if (armed() == 0)
      return std::nullopt;
    for (std::uint64_t i = 1; i <= buckets_.size(); ++i)
      if (!buckets_[(current_ + i) % buckets_.size()].empty())
        return start_ + tick_ * static_cast<std::int64_t>(current_ + i);
    return std::nullopt;
  }

  /// Any thread.
  std::size_t armed() const noexcept { return armed_.load(std::memory_order_relaxed); }

  /// Entries that there is memory for; O(buckets).
  std::size_t reserved() const noexcept {
    auto sum = due_.capacity();
    for (const auto& bucket : buckets_)
      sum += bucket.capacity();
    return sum;
  }

private:
  // A bucket that has been emptied keeps memory for so many: enough for the everyday, while a wave of 1,000 deadlines
  // per bucket would otherwise be kept in all of them for ever, 8 MiB in 512 buckets.
  static constexpr std::size_t kept_max = 16;

  struct entry {
    std::uint64_t at;
    Token token;
  };

  void count(std::ptrdiff_t change) noexcept {
    armed_.store(armed() + static_cast<std::size_t>(change), std::memory_order_relaxed);
  }

  std::uint64_t tick_after(clock::time_point due) const {
    const auto since = due - start_;
    return since.count() <= 0 ? 0 : static_cast<std::uint64_t>((since + tick_ - clock::duration{1}) / tick_);
  }

  template <class Fire>
  void empty_bucket(Fire& fire) {
    auto& bucket = buckets_[current_ % buckets_.size()];
    if (bucket.empty())
      return;
    due_.swap(bucket);
    for (auto& e : due_) {
      if (e.at > current_) { // a deadline of a later turn of the wheel
        bucket.push_back(std::move(e));
        continue;
      }
      count(-1);
      fire(std::move(e.token));
    }
    due_.clear();
    if (due_.capacity() > kept_max)
      std::vector<entry>{}.swap(due_); // assigning {} would keep the memory
  }

  clock::duration tick_;
  std::vector<std::vector<entry>> buckets_;
  std::vector<entry> due_;
  clock::time_point start_;
  std::uint64_t current_ = 0;
  std::atomic<std::size_t> armed_{0}; // written by the wheel's thread alone
};

} // namespace lintel::base
