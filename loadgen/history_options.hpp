#pragma once

#include "loadgen/scenario.hpp"

#include <CLI/CLI.hpp>

/// The options of the scenarios that concern messages which are kept.
namespace lintel::loadgen {

void add_publish(CLI::App& app, scenario& wanted);
void add_recover(CLI::App& app, scenario& wanted);

} // namespace lintel::loadgen
