#pragma once

#include "history/disk_faults.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace lintel::history {

/// Where the log lies and what it may take. The defaults: at full load up to 80 MiB of memory (three write buffers,
/// the block cache, a batch or two), at rest 3 MiB.
struct rocks_log_options {
  std::filesystem::path directory;             ///< made if it is not there, but not its parents
  std::uint64_t write_buffer_bytes = 16 << 20; ///< of the three there may be; one is written out when it is full
  std::uint64_t block_cache_bytes = 16 << 20;  ///< of what was read, indexes included
  std::uint64_t wal_bytes_max = 64 << 20;      ///< what has to be read again after a crash: about 0.1 s per 10 MiB
  int open_files_max = 256;
  /// Messages are refused when less is free on the disk: what is written already must still find room to move.
  std::uint64_t space_reserve_bytes = 16 << 20;
  /// How often all topics are looked through for messages that are too old.
  std::chrono::milliseconds sweep_period{60'000};
  /// Topics that nobody asks about are forgotten, in memory, after this.
  std::chrono::milliseconds topic_idle_max{60'000};
  std::string
      boot_id; ///< of the running kernel: another one may mean that the power was gone; empty: as it says itself
  std::function<std::int64_t()> now_ms; ///< wall clock since 1970; unset: the system's
  std::shared_ptr<disk_faults> faults;  ///< for tests and experiments; null: the disk's own
};

/// Why a log cannot be opened, in a sentence.
class log_unavailable : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

} // namespace lintel::history
