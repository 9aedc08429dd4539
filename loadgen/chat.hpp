#pragma once

#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// Open loop: random members send at a given rate; latency from the intended send time, delivery
/// checked.
report run_chat(const scenario& wanted);

} // namespace lintel::loadgen
