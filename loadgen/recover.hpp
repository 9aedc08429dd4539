#pragma once

#include "loadgen/recovery_ledger.hpp"
#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// Everybody joins, loses the connection, misses messages and comes back at once: how long until the last one has
/// everything, what it costs, and what bystanders notice.
report run_recover(const scenario& wanted);

/// Everybody was told `recovered: true` and received every missed offset once, in order.
void add_recovery_checks(report& into, const recovery_verdict& verdict, std::uint32_t clients, std::uint32_t missed);

} // namespace lintel::loadgen
