#pragma once

#include "loadgen/clock.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::loadgen {

/// What the kernel says about the server and the processes below it, read from /proc.
class server_process {
public:
  /// Throws cannot_run when there is no such process.
  explicit server_process(pid_t pid);

  /// CPU time of the whole tree, from the scheduler's clocks in nanoseconds; children that have
  /// ended are included with their utime + stime, in ticks of 10 ms.
  nanoseconds cpu() const;

  /// Proportional set size of the tree; none when /proc does not let us read it.
  std::optional<std::uint64_t> pss_bytes() const;

  /// Of the process itself: memory that is resident, entries of its descriptor table, threads. None when /proc does
  /// not let us look.
  std::optional<std::uint64_t> rss_bytes() const;
  /// Without io_uring's: a thread that sends has one, and gets it when it first goes on in the place of another.
  std::optional<std::uint64_t> descriptors() const;
  std::optional<std::uint64_t> threads() const;

private:
  pid_t pid_;
};

/// cutime + cstime of one /proc/PID/stat line, in clock ticks.
std::uint64_t ended_child_ticks_of(std::string_view stat) noexcept;

/// The number of a line "NAME:  123" of /proc/PID/status.
std::optional<std::uint64_t> status_number_of(std::string_view status, std::string_view name) noexcept;

/// The `Pss:` line of smaps_rollup, in bytes.
std::optional<std::uint64_t> pss_of(std::string_view smaps_rollup) noexcept;

} // namespace lintel::loadgen
