#pragma once

#include "loadgen/clock.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace lintel::loadgen {

/// Memory of the whole machine, from /proc/meminfo and /proc/net/sockstat, in bytes.
struct machine_memory {
  std::uint64_t available = 0; ///< MemAvailable: what a new program could get, at the kernel's guess
  /// MemFree and page cache. MemAvailable would call half of the sockets' inodes reclaimable, which they are not.
  std::uint64_t unused = 0;
  std::uint64_t slab = 0;    ///< kernel objects: sockets, their inodes, descriptors, epoll items
  std::uint64_t sockets = 0; ///< bytes waiting in TCP buffers
};
machine_memory read_machine_memory();

/// CPU time that was not idle, all cores together, from /proc/stat: in ticks of 10 ms.
nanoseconds read_busy_time();

/// What bounds the number of sockets here.
struct machine_limits {
  std::uint64_t memory_available = 0;
  std::uint64_t descriptors_per_table = 0; ///< RLIMIT_NOFILE, hard
  std::uint64_t files_max = 0;             ///< /proc/sys/fs/file-max
  std::uint64_t files_open = 0;
  std::uint32_t ports = 0; ///< in ip_local_port_range
  std::uint32_t cores = 1;
};
machine_limits read_machine_limits();

/// The first line of /proc/stat.
std::optional<nanoseconds> busy_time_of(std::string_view stat) noexcept;

/// A line `name: N kB` of /proc/meminfo, in bytes.
std::optional<std::uint64_t> meminfo_bytes(std::string_view meminfo, std::string_view name) noexcept;

/// `mem` of the line `TCP:` of /proc/net/sockstat, in pages.
std::optional<std::uint64_t> tcp_pages(std::string_view sockstat) noexcept;

} // namespace lintel::loadgen
