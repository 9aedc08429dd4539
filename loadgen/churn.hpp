#pragma once

#include "loadgen/churn_client.hpp"
#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// Very many connections that come, talk and go in every way there is: the server must hold nothing of them afterwards.
report run_churn(const scenario& wanted);

/// Lives went as planned, and every push was settled exactly once.
void add_churn_checks(report& into, const churn_tally& tally, std::uint64_t cycles);

} // namespace lintel::loadgen
