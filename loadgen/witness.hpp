#pragma once

#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// A chat that somebody else disturbs. Prints "joined" on stdout once everybody is; a line on stdin with a phase's name
/// then begins that phase, any other line a stretch that is not measured, and the end of stdin ends the run.
report run_witness(const scenario& wanted);

} // namespace lintel::loadgen
