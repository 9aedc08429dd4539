#pragma once

#include "history/commit_mark.hpp"
#include "history/durable_log.hpp"
#include "history/log_records.hpp"
#include "history/log_stats.hpp"
#include "history/rocks_log_options.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace rocksdb {
class DB;
class Env;
class Status;
class WriteBatch;
} // namespace rocksdb

namespace lintel::history {

/// The database under a log, and what becomes of it when the disk says no. After an error of the device it takes
/// nothing any more. On a full disk it refuses, and takes again when there is space. What a batch that failed had
/// already left on the disk is cut off: it was refused, and must not come back.
/// Whoever opens it starts RocksDB's threads. Reading: any thread, but for reopen(). Everything else: one thread.
class rocks_store {
public:
  /// Throws log_unavailable.
  rocks_store(const rocks_log_options& options, log_stats& stats);
  ~rocks_store();
  rocks_store(const rocks_store&) = delete;
  rocks_store& operator=(const rocks_store&) = delete;

  /// Null after a reopen() that did not succeed.
  rocksdb::DB* database() const noexcept { return database_.get(); }
  const store_record& about() const noexcept { return about_; }
  /// The largest id of a topic; 0: there are none.
  std::uint64_t topic_id_max() const noexcept { return topic_id_max_; }

  /// Writes all of the batch or nothing.
  log_error commit(rocksdb::WriteBatch& batch, level until);

  /// The disk was full in the middle of a write, and has space now: the database is to be opened again.
  bool wants_reopening() const noexcept;
  /// Nobody reads meanwhile, and nobody holds an iterator or a snapshot. commit() says whether it has worked.
  void reopen();

  /// What has become of the tables behind the log's back.
  void leave_damaged_tables();

  /// Everything is synced, and the next start will know it.
  void close() noexcept;

private:
  static constexpr std::chrono::milliseconds reopening_pause{250}; // after one that did not succeed

  void open_database();
  void begin_era();
  bool has_space() const noexcept;
  log_error fail(const rocksdb::Status& status);
  void note_commit(level until);
  void find_failed_batch();
  void cut_off_failed_batch() noexcept;

  const rocks_log_options options_;
  log_stats& stats_;
  std::unique_ptr<rocksdb::Env> env_;         // outlives the database
  std::atomic<bool> is_table_damaged_{false}; // so does this: RocksDB's threads set it
  std::unique_ptr<rocksdb::DB> database_;
  store_record about_;
  std::uint64_t topic_id_max_ = 0;
  bool is_about_due_ = true; // what is in about_ is not on the disk yet
  bool is_reopening_due_ = false;
  std::chrono::steady_clock::time_point reopening_due_; ///< not before
  std::string wal_path_;                                // the file that the last batch went into,
  std::uint64_t wal_bytes_ = 0;                         // and its size then
  std::string cut_path_;                                // the file that a failed batch was cut off from
  std::uint64_t cut_bytes_ = 0;
  std::unique_ptr<commit_mark> mark_;
  commit_numbers marked_;
};

} // namespace lintel::history
