#pragma once

#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// A chat whose actors are killed and crashed through the control socket: nobody may notice.
report run_chaos(const scenario& wanted);

} // namespace lintel::loadgen
