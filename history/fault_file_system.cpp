#include "history/fault_file_system.hpp"

#include <rocksdb/file_system.h>

#include <cstring>
#include <string_view>
#include <utility>

namespace lintel::history {

namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using faults_ptr = std::shared_ptr<disk_faults>;

class faulty_writable_file final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  faulty_writable_file(std::unique_ptr<rocksdb::FSWritableFile> file, faults_ptr faults)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(std::move(faults)) {}

  IOStatus Append(const Slice& bytes, const IOOptions& options, IODebugContext* debug) override {
    const auto fault = faults_->get().append;
    if (fault == append_fault::none)
      return target()->Append(bytes, options, debug);
    if (fault != append_fault::io_error) {
      // What was written of it stays, as with a disk that fills up in the middle of a write.
      if (auto half = target()->Append(Slice{bytes.data(), bytes.size() / 2}, options, debug); !half.ok())
        return half;
    }
    return fault == append_fault::no_space ? IOStatus::NoSpace("injected: no space left on device")
                                           : IOStatus::IOError("injected: input/output error");
  }
  IOStatus Append(const Slice& bytes, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return faults_->get().is_sync_failing ? sync_error() : target()->Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return faults_->get().is_sync_failing ? sync_error() : target()->Fsync(options, debug);
  }

private:
  static IOStatus sync_error() { return IOStatus::IOError("injected: fsync: input/output error"); }

  faults_ptr faults_;
};

class faulty_random_access_file final : public rocksdb::FSRandomAccessFileOwnerWrapper {
public:
  faulty_random_access_file(std::unique_ptr<rocksdb::FSRandomAccessFile> file, faults_ptr faults)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), faults_(std::move(faults)) {}

  IOStatus Read(std::uint64_t offset, std::size_t count, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) const override {
    auto status = target()->Read(offset, count, options, result, scratch, debug);
    if (status.ok() && faults_->get().is_read_flipped && !result->empty()) {
      if (result->data() != scratch)
        std::memcpy(scratch, result->data(), result->size());
      scratch[result->size() / 2] = static_cast<char>(scratch[result->size() / 2] ^ 1);
      *result = Slice{scratch, result->size()};
    }
    return status;
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    for (std::size_t i = 0; i < count; ++i)
      requests[i].status =
          Read(requests[i].offset, requests[i].len, options, &requests[i].result, requests[i].scratch, debug);
    return IOStatus::OK();
  }

private:
  faults_ptr faults_;
};

class faulty_file_system final : public rocksdb::FileSystemWrapper {
public:
  explicit faulty_file_system(faults_ptr faults)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(std::move(faults)) {}

  const char* Name() const override { return "lintel_faults"; }

  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) override {
    auto status = target()->NewWritableFile(name, options, file, debug);
    if (status.ok())
      *file = std::make_unique<faulty_writable_file>(std::move(*file), faults_);
    return status;
  }
  IOStatus NewRandomAccessFile(const std::string& name, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file, IODebugContext* debug) override {
    auto status = target()->NewRandomAccessFile(name, options, file, debug);
    if (status.ok())
      *file = std::make_unique<faulty_random_access_file>(std::move(*file), faults_);
    return status;
  }

private:
  faults_ptr faults_;
};

} // namespace

std::shared_ptr<rocksdb::FileSystem> fault_file_system(std::shared_ptr<disk_faults> faults) {
  return std::make_shared<faulty_file_system>(std::move(faults));
}

} // namespace lintel::history
