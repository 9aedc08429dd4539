#pragma once

#include "loadgen/clock.hpp"
#include "loadgen/histogram.hpp"

#include <string>

namespace lintel::loadgen {

/// How often a second the disk alone says that something is safe.
struct fsync_rate {
  double per_s = 0;
  histogram latency; ///< of one write and its fdatasync
};

/// One thread writes 4 KiB after 4 KiB at the end of a new file in `directory`, and waits for fdatasync each time. The
/// file is deleted. Throws cannot_run.
fsync_rate measure_raw_fsync(const std::string& directory, nanoseconds length);

} // namespace lintel::loadgen
