#pragma once

#include "actors/namespace_rules.hpp"
#include "actors/room_supervisor.hpp"
#include "actors/stuck_rule.hpp"
#include "app/config_flaw.hpp"
#include "app/descriptor_plan.hpp"
#include "app/namespace_config.hpp"
#include "gateway/gateway_config.hpp"
#include "supervisors/restart_ledger.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// Everything `lintel serve` can be told. Defaults are the built-in ones.
struct server_config {
  gateway::gateway_config gateway;
  std::size_t workers = 0; ///< 0: one per core, or as many as connections_max needs descriptor tables
  std::filesystem::path data_dir = "./lintel-data";
  std::vector<std::string> topics; ///< patterns of those that exist; none: all that the namespaces have
  /// In force: configured or built-in, and narrowed to `topics`. The first that matches holds.
  std::vector<actors::namespace_rules> namespaces = built_in_namespaces();
  bool is_open_to_all = false; ///< listen beyond loopback without authentication

  std::uint64_t history_memory_bytes = 256ull << 20; ///< histories in memory whose rooms nobody is in
  std::uint64_t history_waiting_bytes = 64ull
                                        << 20; ///< messages to be stored; beyond it pushes are answered overloaded
  actors::room_limits rooms;
  /// Five crashes in ten seconds, then this one socket closes: enough for bad luck, too few for a loop to hurt.
  supervisors::restart_budget connection_budget;
  /// Rooms serve many, so they get fewer chances to make things worse.
  supervisors::restart_budget room_budget{.count_max = 3, .window = std::chrono::seconds{30}};
  /// The storm breaker's limits hold for connections and rooms alike, each on their own.
  actors::room_protection protection;
  /// Five back-offs last 4.2 s, so a process that crashes at every start does reach its limit.
  supervisors::restart_budget system_budget{.count_max = 5, .window = std::chrono::seconds{30}};

  std::chrono::milliseconds stop_deadline{10'000}; ///< SIGTERM → exit, whatever still runs

  /// A handler takes microseconds. A tenth of a second is felt by people; five are far beyond any machine's hiccup.
  actors::stuck_limits stuck{.warn = std::chrono::milliseconds{100},
                             .stack = std::chrono::seconds{1},
                             .abandon = std::chrono::seconds{5},
                             .abort = std::chrono::seconds{10}};
  bool is_chaos_enabled = false;     ///< operators may stall actors, clients crash them: for experiments
  std::filesystem::path disk_faults; ///< a file that says what the log's files come to; empty: nothing

  /// The options as they were said, by name, wherever: what a reload compares.
  std::map<std::string, std::string> said;
};

/// What cannot work, and what to do; `options` are the ones that it is about.
struct option_flaw {
  option_flaw(std::vector<std::string_view> concerned, std::string_view what);
  std::vector<std::string_view> options;
  std::string text;
};
std::vector<option_flaw> flaws_in(const server_config& config);
/// The first of them; empty: there is none.
std::string flaw_in(const server_config& config);

/// Workers, connections and descriptor tables on this machine. Raises the soft limit of open files.
descriptor_plan plan_of(const server_config& config);

} // namespace lintel::app
