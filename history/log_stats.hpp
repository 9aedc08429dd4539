#pragma once

#include "base/latency_histogram.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace lintel::history {

/// How many messages went into one batch: at most 1, 2, 4 … 1,024. Any thread.
class batch_histogram {
public:
  static constexpr std::size_t bucket_count = 11;
  /// Upper bound of a bucket. No batch is larger than the last.
  static constexpr std::uint64_t bound(std::size_t bucket) noexcept { return std::uint64_t{1} << bucket; }

  void record(std::uint64_t messages) noexcept {
    const auto bucket = messages <= 1 ? std::size_t{0} : static_cast<std::size_t>(std::bit_width(messages - 1));
    buckets_[bucket < bucket_count ? bucket : bucket_count - 1].fetch_add(1, std::memory_order_relaxed);
  }
  std::array<std::uint64_t, bucket_count> read() const noexcept {
    std::array<std::uint64_t, bucket_count> now{};
    for (std::size_t i = 0; i < bucket_count; ++i)
      now[i] = buckets_[i].load(std::memory_order_relaxed);
    return now;
  }

private:
  std::array<std::atomic<std::uint64_t>, bucket_count> buckets_{};
};

/// What a log counts and measures. Written by its threads, read by any, without a lock.
struct log_stats {
  using number = std::atomic<std::uint64_t>;

  number stored_messages{0};
  number stored_bytes{0};     ///< of events and payloads
  number refused_messages{0}; ///< told not_stored, for whatever reason
  number batches{0};
  batch_histogram batch_messages;
  base::latency_histogram commit_time;  ///< of a batch: written, and synced if it was to be
  base::latency_histogram waiting_time; ///< of a message, from append() to its answer
  number errors{0};                     ///< of the device, the full disk included
  number damages{0};                    ///< orders that met bytes which are not those that were written
  number waiting_orders{0};             ///< not a counter: how many there are now
  number waiting_bytes{0};              ///< the same
  number opens{0};
  number reads{0};
  base::latency_histogram read_time; ///< of opens and reads, from the order to its answer
  number trims{0};                   ///< deletions of old messages
  number topics_in_memory{0};        ///< not a counter
  std::atomic<bool> is_disk_full{false};
  std::atomic<bool> has_failed{false}; ///< nothing is taken until the process is started anew
};

} // namespace lintel::history
