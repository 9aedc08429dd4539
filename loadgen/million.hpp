#pragma once

#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// Throws cannot_run when this machine does not have what the run needs; --check-only: says on stderr what that is.
void require_machine(const scenario& wanted);

/// As many connections as the machine carries, and everything a server promises while it holds them:
///   connect ─▶ rest (memory) ─▶ heartbeats (CPU) ─▶ publish ─▶ kill ─▶ everybody enters one room ─▶ one message to all
report run_million(const scenario& wanted);

} // namespace lintel::loadgen
