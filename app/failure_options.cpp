#include "app/failure_options.hpp"

#include "app/option_values.hpp"

namespace lintel::app {

namespace {

// A ledger keeps the time of each crash: 8 bytes, times 1,000, for every child that has crashed of late.
constexpr std::uint32_t crashes_max = 1'000;
constexpr std::uint64_t restarts_max = 1'000'000;

void add_budget(CLI::App& app, const std::string& name, supervisors::restart_budget& budget, const std::string& help) {
  app.add_option_function<std::string>(
         "--" + name,
         [&budget, name](const std::string& text) {
           const auto limit = crash_budget_in(text);
           if (!limit)
             throw CLI::ValidationError{"--" + name, "must be crashes/time, such as 5/10s, with at most 1000 crashes "
                                                     "and a time from 1ms to 24h; got " +
                                                         text};
           budget.count_max = limit->count_max;
           budget.window = limit->window;
         },
         help)
      ->type_name("N/TIME")
      ->default_str(
          rate_text({budget.count_max, std::chrono::duration_cast<std::chrono::milliseconds>(budget.window)}));
}

} // namespace

std::optional<supervisors::restart_limit> crash_budget_in(std::string_view text) {
  const auto budget = parse_rate(text);
  if (!budget || budget->count > crashes_max || budget->window > std::chrono::hours{24})
    return std::nullopt;
  return supervisors::restart_limit{.count_max = budget->count, .window = budget->window};
}

void add_failure_options(CLI::App& app, server_config& config) {
  auto& [storm, quarantine] = config.protection;
  add_budget(app, "crash-budget", config.connection_budget,
             "Crashes of one connection's actor within a time; one more closes its socket with 1011");
  add_budget(app, "room-crash-budget", config.room_budget,
             "Crashes of one room within a time; one more ends it, and its topic is in quarantine");
  add_value(app, "restart-rate", storm.restarts_per_second, whole_number{1, restarts_max},
            "Restarts after crashes per second, for all connections and as many for all rooms; the rest waits");
  add_value(app, "restart-burst", storm.burst, whole_number{1, restarts_max}, "Of these, so many at once");
  add_value(app, "quarantine", quarantine.cool_down, duration_range{},
            "How long the topic of a room that crashed past its budget takes no joins, the first time");
  add_value(app, "quarantine-max", quarantine.cool_down_max, duration_range{},
            "And at most, when it happens again and again: twice as long each time");
}

} // namespace lintel::app
