#include "loadgen/raw_fsync.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace lintel::loadgen {

namespace {

constexpr std::size_t block_bytes = 4096;

} // namespace

fsync_rate measure_raw_fsync(const std::string& directory, nanoseconds length) {
  std::string path = directory + "/raw-fsync-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0)
    throw cannot_run{fmt::format("cannot write in {}: {}", directory, std::strerror(errno))};
  ::unlink(path.c_str()); // gone with the descriptor, however this ends
  const std::string block(block_bytes, 'x');
  fsync_rate found;
  const auto started = clock::now();
  int error = 0;
  for (off_t at = 0; error == 0 && clock::now() - started < length; at += block_bytes) {
    const auto begun = clock::now();
    if (::pwrite(file, block.data(), block.size(), at) != static_cast<ssize_t>(block.size()) || ::fdatasync(file) != 0)
      error = errno;
    found.latency.record(clock::now() - begun);
  }
  found.per_s = static_cast<double>(found.latency.count()) / seconds(clock::now() - started);
  ::close(file);
  if (error != 0)
    throw cannot_run{fmt::format("cannot write in {}: {}", directory, std::strerror(error))};
  return found;
}

} // namespace lintel::loadgen
