#include "history/rocks_store.hpp"

#include "history/database_options.hpp"
#include "history/fault_file_system.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/transaction_log.h>
#include <rocksdb/write_batch.h>
#include <spdlog/spdlog.h>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <random>
#include <system_error>

namespace lintel::history {

namespace {

std::string this_boot() {
  std::string id;
  std::getline(std::ifstream{"/proc/sys/kernel/random/boot_id"}, id);
  return id;
}

std::uint64_t random_number() {
  std::random_device source;
  return static_cast<std::uint64_t>(source()) << 32 | source();
}

} // namespace

rocks_store::rocks_store(const rocks_log_options& options, log_stats& stats) : options_(options), stats_(stats) {
  std::error_code failure;
  std::filesystem::create_directory(options_.directory, failure);
  if (failure)
    throw log_unavailable{"cannot make the directory " + options_.directory.string() + ": " + failure.message()};
  if (options_.faults)
    env_ = rocksdb::NewCompositeEnv(fault_file_system(options_.faults));
  open_database();
  mark_ = std::make_unique<commit_mark>(options_.directory / "acknowledged");
  begin_era();

  const std::unique_ptr<rocksdb::Iterator> at{database_->NewIterator({})};
  at->SeekForPrev(entry_key(UINT64_MAX, UINT64_MAX));
  if (!at->status().ok())
    throw log_unavailable{"cannot read the history in " + options_.directory.string() + ": " + at->status().ToString()};
  if (at->Valid())
    topic_id_max_ = parse_entry_key(at->key().ToStringView()).value_or(entry_place{}).id;
}

rocks_store::~rocks_store() {
  database_.reset();
  cut_off_failed_batch();
}

void rocks_store::open_database() {
  rocksdb::DB* opened = nullptr;
  const auto options = database_options(options_, env_.get(), is_table_damaged_);
  const auto status = rocksdb::DB::Open(options, options_.directory.string(), &opened);
  database_.reset(opened);
  if (status.ok())
    return;
  const auto text = status.ToString();
  const auto where = options_.directory.string();
  if (text.find("lock") != std::string::npos && text.find("LOCK") != std::string::npos)
    throw log_unavailable{"the history in " + where + " belongs to another process that is running: " + text};
  throw log_unavailable{"cannot open the history in " + where + ": " + text};
}

// Messages may be gone that somebody has seen: those that were only written when the machine went down, or, if bytes
// have changed on the disk, any. Their offsets will be given to others, under another epoch.
void rocks_store::begin_era() {
  std::string bytes;
  const auto found = database_->Get({}, rocksdb::Slice{store_key}, &bytes);
  if (!found.ok() && !found.IsNotFound())
    throw log_unavailable{"cannot read the history in " + options_.directory.string() + ": " + found.ToString()};
  const auto before = found.ok() ? parse_store(bytes) : std::nullopt;
  if (found.ok() && !before)
    throw log_unavailable{"the history in " + options_.directory.string() + " is of another version, or damaged"};
  const auto boot = options_.boot_id.empty() ? this_boot() : options_.boot_id;
  const auto recovered = database_->GetLatestSequenceNumber();
  marked_ = mark_->read();
  about_ = before.value_or(store_record{});
  const bool is_same_boot = about_.is_closed || about_.boot_id == boot;
  const bool is_lost = marked_.synced > recovered || (is_same_boot && marked_.written > recovered);
  if (!before || is_lost || !is_same_boot) {
    about_.salt = random_number();
    if (is_lost)
      about_.lost_era = about_.era;
    if (before || is_lost)
      ++about_.era;
  }
  if (is_lost)
    spdlog::error("the history in {} has lost its end: {} changes of {} are there; all topics begin a new epoch",
                  options_.directory.string(), recovered, std::max(marked_.written, marked_.synced));
  about_.is_closed = false;
  about_.boot_id = boot;
  rocksdb::WriteBatch batch;
  if (commit(batch, level::synced) == log_error::failed)
    throw log_unavailable{"cannot write to the history in " + options_.directory.string()};
}

bool rocks_store::has_space() const noexcept {
  struct statvfs disk {};
  if (::statvfs(options_.directory.c_str(), &disk) != 0)
    return true; // then the disk itself has to say it
  return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize >= options_.space_reserve_bytes;
}

bool rocks_store::wants_reopening() const noexcept {
  return is_reopening_due_ && std::chrono::steady_clock::now() >= reopening_due_ && has_space();
}

log_error rocks_store::commit(rocksdb::WriteBatch& batch, level until) {
  if (stats_.has_failed)
    return log_error::failed;
  if (is_reopening_due_ || !has_space()) {
    if (!stats_.is_disk_full.exchange(true))
      spdlog::error("the disk of {} is full: messages of durable topics are refused", options_.directory.string());
    return log_error::disk_full;
  }
  if (is_about_due_)
    batch.Put(rocksdb::Slice{store_key}, write_store(about_));
  rocksdb::WriteOptions options;
  options.sync = until == level::synced;
  if (const auto status = database_->Write(options, &batch); !status.ok())
    return fail(status);
  if (stats_.is_disk_full.exchange(false))
    spdlog::warn("the disk of {} has space again: messages of durable topics are taken", options_.directory.string());
  is_about_due_ = false;
  note_commit(until);
  return log_error::none;
}

log_error rocks_store::fail(const rocksdb::Status& status) {
  stats_.errors.fetch_add(1, std::memory_order_relaxed);
  find_failed_batch();
  cut_off_failed_batch();
  if (status.IsNoSpace()) {
    is_reopening_due_ = true;
    if (!stats_.is_disk_full.exchange(true))
      spdlog::error("the disk of {} is full: messages of durable topics are refused", options_.directory.string());
    return log_error::disk_full;
  }
  stats_.has_failed = true;
  spdlog::critical("the history in {} takes no messages any more, until the server is started anew: {}",
                   options_.directory.string(), status.ToString());
  return log_error::failed;
}

void rocks_store::note_commit(level until) {
  std::unique_ptr<rocksdb::LogFile> wal;
  if (database_->GetCurrentWalFile(&wal).ok()) {
    wal_path_ = options_.directory.string() + wal->PathName();
    wal_bytes_ = wal->SizeFileBytes();
  }
  marked_.written = database_->GetLatestSequenceNumber();
  if (until == level::synced)
    marked_.synced = marked_.written;
  mark_->write(marked_);
}

// RocksDB may have left all of it in its log, say because only the sync failed, and would find it there at the next
// start. RocksDB itself writes nothing to that file any more.
void rocks_store::find_failed_batch() {
  std::unique_ptr<rocksdb::LogFile> wal;
  if (!database_->GetCurrentWalFile(&wal).ok())
    return;
  cut_path_ = options_.directory.string() + wal->PathName();
  cut_bytes_ = cut_path_ == wal_path_ ? wal_bytes_ : 0; // a new file was begun with this batch
}

void rocks_store::cut_off_failed_batch() noexcept {
  struct stat file {};
  if (cut_path_.empty() || ::stat(cut_path_.c_str(), &file) != 0 ||
      static_cast<std::uint64_t>(file.st_size) <= cut_bytes_)
    return;
  if (::truncate(cut_path_.c_str(), static_cast<off_t>(cut_bytes_)) != 0)
    spdlog::error("cannot cut off what was refused from {}: {}", cut_path_, std::strerror(errno));
}

// RocksDB would read it all again each second, and stop taking messages when it gets nowhere.
void rocks_store::leave_damaged_tables() {
  if (!is_table_damaged_.exchange(false) || !database_)
    return;
  stats_.damages.fetch_add(1, std::memory_order_relaxed);
  spdlog::error(
      "a table of the history in {} is damaged: what is in it and intact is served, but from here on the disk "
      "space of deleted messages is not reclaimed",
      options_.directory.string());
  const auto status = database_->SetOptions({{"disable_auto_compactions", "true"},
                                             {"level0_slowdown_writes_trigger", "1000000"},
                                             {"level0_stop_writes_trigger", "1000000"}});
  if (!status.ok())
    spdlog::error("history: {}", status.ToString());
}

void rocks_store::reopen() {
  database_.reset();
  cut_off_failed_batch(); // closing may have given the file back the length that RocksDB believes in
  try {
    open_database();
    is_reopening_due_ = false;
    cut_path_.clear();
  } catch (const log_unavailable& e) {
    reopening_due_ = std::chrono::steady_clock::now() + reopening_pause;
    spdlog::error("{}", e.what());
  }
}

void rocks_store::close() noexcept {
  try {
    about_.is_closed = true;
    is_about_due_ = true;
    rocksdb::WriteBatch batch;
    (void)commit(batch, level::synced);
  } catch (const std::exception& e) {
    spdlog::error("cannot close the history in {}: {}", options_.directory.string(), e.what());
  }
}

} // namespace lintel::history
