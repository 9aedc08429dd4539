#pragma once

#include "loadgen/publisher.hpp"
#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

namespace lintel::loadgen {

/// Publishers in a closed loop: acknowledged messages per second, and afterwards every one of them in the history.
report run_publish(const scenario& wanted);

/// Every push was answered ok, once, with the next offset; nobody heard one offset twice or missed one.
void add_publish_checks(report& into, const publish_faults& faults, std::uint64_t pushed, std::uint64_t unanswered);

/// No offset twice, none left out, and nothing acknowledged is missing from the history.
void add_offset_checks(report& into, const offset_verdict& verdict, const std::string& read_problem);

} // namespace lintel::loadgen
