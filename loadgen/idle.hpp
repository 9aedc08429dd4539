#pragma once

#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// Connections that join and stay silent but for heartbeats: what does one cost the server at rest?
report run_idle(const scenario& wanted);

} // namespace lintel::loadgen
