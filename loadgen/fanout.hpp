#pragma once

#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// The named workloads of docs/performance.md: what does one delivery (or one reply) cost the
/// server?
report run_fanout(const scenario& wanted);

} // namespace lintel::loadgen
