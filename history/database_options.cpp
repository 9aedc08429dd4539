#include "history/database_options.hpp"

#include "base/token_bucket.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <mutex>

namespace lintel::history {

namespace {

// RocksDB's own log would be a file that grows, and whose writer, in Debian's build, aborts the process on a full disk.
class warnings_to_log final : public rocksdb::Logger {
public:
  warnings_to_log() : Logger(rocksdb::WARN_LEVEL) {}

  using Logger::Logv;
  void Logv(rocksdb::InfoLogLevel severity, const char* format, va_list arguments) override {
    if (severity < rocksdb::WARN_LEVEL || severity >= rocksdb::HEADER_LEVEL || !is_admitted())
      return;
    std::array<char, 1024> line{};
    if (std::vsnprintf(line.data(), line.size(), format, arguments) <= 0)
      return;
    std::ranges::replace(line, '\n', ' ');
    spdlog::warn("history: {}", line.data());
  }

private:
  // It warns a hundred times a second when it is busy.
  bool is_admitted() {
    std::lock_guard lock{mutex_};
    const auto now = std::chrono::steady_clock::now();
    if (lines_.next(now) > now)
      return false;
    lines_.take(now);
    return true;
  }

  std::mutex mutex_;
  base::token_bucket lines_{1, 10}; // guarded by mutex_
};

class background_watch final : public rocksdb::EventListener {
public:
  explicit background_watch(std::atomic<bool>& is_table_damaged) : is_table_damaged_(is_table_damaged) {}

  // A damaged table takes with it what is in it, not what is still to be written.
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    if (reason != rocksdb::BackgroundErrorReason::kCompaction || !error->IsCorruption())
      return;
    is_table_damaged_ = true;
    *error = rocksdb::Status::OK();
  }
  // RocksDB would try by itself, every five seconds, and into a file that it cannot write to any more. We open the
  // database again instead.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* is_automatic) override {
    *is_automatic = false;
  }

private:
  std::atomic<bool>& is_table_damaged_;
};

} // namespace

rocksdb::Options database_options(const rocks_log_options& wanted, rocksdb::Env* env,
                                  std::atomic<bool>& is_table_damaged) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(wanted.block_cache_bytes);
  table.cache_index_and_filter_blocks = true; // or they would be memory that nothing bounds
  table.format_version = 5;

  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  if (env != nullptr)
    options.env = env;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.recycle_log_file_num = 0; // a record of an earlier life must not look like one of this
  options.max_total_wal_size = wanted.wal_bytes_max;
  options.write_buffer_size = wanted.write_buffer_bytes;
  options.max_write_buffer_number = 3;
  options.max_open_files = wanted.open_files_max;
  options.max_background_jobs = 2;
  options.compression = rocksdb::kLZ4Compression;
  options.avoid_flush_during_shutdown = true; // the log is there: nothing is lost, and SIGTERM is answered at once
  options.stats_dump_period_sec = 0;          // these two would be a thread more
  options.stats_persist_period_sec = 0;
  options.info_log = std::make_shared<warnings_to_log>();
  options.listeners.push_back(std::make_shared<background_watch>(is_table_damaged));
  return options;
}

} // namespace lintel::history
