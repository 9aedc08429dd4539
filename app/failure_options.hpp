#pragma once

#include "app/server_config.hpp"

#include <optional>
#include <string_view>

namespace CLI {
class App;
}

namespace lintel::app {

/// The options of `serve` that say how much crashing is too much: budgets, storm breaker, quarantine.
void add_failure_options(CLI::App& app, server_config& config);

/// "5/10s": so many crashes within such a time, 1,000 at most. None at all, "0/10s": the first one is too many.
std::optional<supervisors::restart_limit> crash_budget_in(std::string_view text);

} // namespace lintel::app
