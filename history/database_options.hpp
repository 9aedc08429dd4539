#pragma once

#include "history/rocks_log_options.hpp"

#include <rocksdb/options.h>

#include <atomic>

namespace lintel::history {

/// How RocksDB is to work for a log. Only for files of history/ that know RocksDB. Its threads set `is_table_damaged`
/// when they meet bytes that are not those that were written: it outlives the database. `env`: null is the system's.
rocksdb::Options database_options(const rocks_log_options& wanted, rocksdb::Env* env,
                                  std::atomic<bool>& is_table_damaged);

} // namespace lintel::history
