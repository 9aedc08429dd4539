#pragma once

#include "history/disk_faults.hpp"

#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace lintel::history {

/// The system's files, but for what `faults` says at the time.
std::shared_ptr<rocksdb::FileSystem> fault_file_system(std::shared_ptr<disk_faults> faults);

} // namespace lintel::history
