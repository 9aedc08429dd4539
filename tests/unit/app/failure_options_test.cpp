#include "app/failure_options.hpp"

#include "app/command_line.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <sstream>

using namespace lintel::app;
using namespace std::chrono_literals;

namespace {

command_line parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"lintel", "serve"});
  std::vector<char*> argv;
  for (auto& a : arguments)
    argv.push_back(a.data());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

/// What is printed about a mistake.
std::string mistake_in(std::vector<std::string> arguments) {
  std::ostringstream text;
  auto* const before = std::cerr.rdbuf(text.rdbuf());
  const auto line = parse(std::move(arguments));
  std::cerr.rdbuf(before);
  CHECK(line.exit_code == 2);
  return text.str();
}

} // namespace

TEST_CASE("a time is a whole number and a unit, between a millisecond and a day") {
  CHECK(duration_in("1ms") == 1ms);
  CHECK(duration_in("30s") == 30s);
  CHECK(duration_in("10m") == 10min);
  CHECK(duration_in("24h") == 24h);
  for (const auto* text : {"", "s", "10", "1.5s", "-1s", "+1s", " 1s", "1s ", "1 s", "1d", "0s", "25h", "86400001ms",
                           "99999999999s", "1S"}) {
    INFO(text);
    CHECK_FALSE(duration_in(text));
  }
}

TEST_CASE("a crash budget is a number of crashes and a time") {
  const auto budget = crash_budget_in("5/10s");
  REQUIRE(budget);
  CHECK(budget->count_max == 5);
  CHECK(budget->window == 10s);
  CHECK(crash_budget_in("0/1ms")->count_max == 0);
  CHECK(crash_budget_in("1000/24h")->count_max == 1000);
  for (const auto* text :
       {"", "5", "5/", "/10s", "5/10", "5/0s", "1001/10s", "-5/10s", "5 / 10s", "5/10s/2", "x/10s"}) {
    INFO(text);
    CHECK_FALSE(crash_budget_in(text));
  }
}

TEST_CASE("limits on crashing reach the configuration") {
  const auto built_in = parse({}).server;
  CHECK(built_in.connection_budget.count_max == 5);
  CHECK(built_in.room_budget.window == 30s);
  CHECK(built_in.protection.storm.restarts_per_second == 500);
  CHECK(built_in.protection.quarantine.cool_down == 30s);
  const auto given = parse({"--crash-budget", "7/1m", "--room-crash-budget", "2/5s", "--restart-rate", "60",
                            "--restart-burst", "6", "--quarantine", "90s", "--quarantine-max", "1h"})
                         .server;
  CHECK(given.connection_budget.count_max == 7);
  CHECK(given.connection_budget.window == 1min);
  CHECK(given.room_budget.count_max == 2);
  CHECK(given.room_budget.window == 5s);
  CHECK(given.protection.storm.restarts_per_second == 60);
  CHECK(given.protection.storm.burst == 6);
  CHECK(given.protection.quarantine.cool_down == 90s);
  CHECK(given.protection.quarantine.cool_down_max == 1h);
}

TEST_CASE("limits on crashing are read from the environment, too") {
  ::setenv("LINTEL_CRASH_BUDGET", "9/2s", 1);
  ::setenv("LINTEL_QUARANTINE_MAX", "2h", 1);
  const auto line = parse({});
  ::unsetenv("LINTEL_CRASH_BUDGET");
  ::unsetenv("LINTEL_QUARANTINE_MAX");
  CHECK(line.server.connection_budget.count_max == 9);
  CHECK(line.server.protection.quarantine.cool_down_max == 2h);
}

TEST_CASE("a limit that makes no sense is a mistake that names its option") {
  for (const auto* option : {"--crash-budget", "--room-crash-budget", "--quarantine", "--quarantine-max"}) {
    const auto printed = mistake_in({option, "often"});
    CHECK(printed.find(option) != std::string::npos);
    CHECK(printed.find("such as") != std::string::npos);
  }
  for (const auto* option : {"--restart-rate", "--restart-burst"})
    CHECK(mistake_in({option, "0"}).find(option) != std::string::npos);
  CHECK_THROWS_WITH(parse({"--quarantine", "11m"}), Catch::Contains("--quarantine must not exceed --quarantine-max"));
}
