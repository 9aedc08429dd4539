#include "app/failure_options.hpp"

#include "app/duration_text.hpp"

#include <CLI/CLI.hpp>

#include <charconv>

namespace lintel::app {

namespace {

using std::chrono::milliseconds;

// A ledger keeps the time of each crash: 8 bytes, times 1,000, for every child that has crashed of late.
constexpr std::uint32_t crashes_max = 1'000;
constexpr std::uint32_t restarts_max = 1'000'000;

// Nothing here may last no time at all.
std::optional<milliseconds> positive_duration(std::string_view text) {
  const auto time = parse_duration(text);
  return time && *time > milliseconds::zero() ? time : std::nullopt;
}

std::string text_of(std::chrono::nanoseconds time) {
  return duration_text(std::chrono::duration_cast<milliseconds>(time));
}

void add_budget(CLI::App& app, const std::string& option, supervisors::restart_budget& budget,
                const std::string& help) {
  app.add_option_function<std::string>(
         option,
         [&budget, option](const std::string& text) {
           const auto limit = crash_budget_in(text);
           if (!limit)
             throw CLI::ValidationError{option, "must be crashes/time, such as 5/10s, with at most 1000 crashes and a "
                                                "time of 1ms to 24h; got " +
                                                    text};
           budget.count_max = limit->count_max;
           budget.window = limit->window;
         },
         help)
      ->default_str(std::to_string(budget.count_max) + "/" + text_of(budget.window));
}

void add_duration(CLI::App& app, const std::string& option, std::chrono::nanoseconds& value, const std::string& help) {
  app.add_option_function<std::string>(
         option,
         [&value, option](const std::string& text) {
           const auto time = positive_duration(text);
           if (!time)
             throw CLI::ValidationError{option, "must be a time of 1ms to 24h, such as 30s or 10m; got " + text};
           value = *time;
         },
         help)
      ->default_str(text_of(value));
}

} // namespace

std::optional<supervisors::restart_limit> crash_budget_in(std::string_view text) {
  std::uint32_t count = 0;
  const auto* const end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || count > crashes_max || slash == end || *slash != '/')
    return std::nullopt;
  const auto window = positive_duration({slash + 1, static_cast<std::size_t>(end - slash - 1)});
  if (!window)
    return std::nullopt;
  return supervisors::restart_limit{.count_max = count, .window = *window};
}

void add_failure_options(CLI::App& app, server_config& config) {
  add_budget(app, "--crash-budget", config.connection_budget,
             "Crashes of one connection's actor within a time; one more closes its socket with 1011");
  add_budget(app, "--room-crash-budget", config.room_budget,
             "Crashes of one room within a time; one more ends it, and its topic is in quarantine");
  app.add_option("--restart-rate", config.protection.storm.restarts_per_second,
                 "Restarts after crashes per second, for all connections and as many for all rooms; the rest waits")
      ->check(CLI::Range(1u, restarts_max))
      ->capture_default_str();
  app.add_option("--restart-burst", config.protection.storm.burst, "Of these, so many at once")
      ->check(CLI::Range(1u, restarts_max))
      ->capture_default_str();
  add_duration(app, "--quarantine", config.protection.quarantine.cool_down,
               "How long the topic of a room that crashed past its budget takes no joins, the first time");
  add_duration(app, "--quarantine-max", config.protection.quarantine.cool_down_max,
               "And at most, when it happens again and again: twice as long each time");
}

} // namespace lintel::app
