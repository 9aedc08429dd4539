#pragma once

#include "loadgen/clock.hpp"
#include "loadgen/workload.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lintel::loadgen {

enum class scenario_kind : std::uint8_t { idle, chat, fanout, chaos, million, churn, witness, publish, recover };
enum class kill_target : std::uint8_t { connections, rooms, both };

/// Faults to inject while the chat runs.
struct chaos_options {
  double kill_rate = 1000; ///< orders per second
  kill_target target = kill_target::connections;
  double crash_share = 0;            ///< of the orders that crash an actor instead of killing it
  std::uint32_t kills_per_actor = 0; ///< exactly so many per connection actor; 0: random ones for `duration`
  std::uint32_t room_kills = 0;      ///< over all rooms
  nanoseconds baseline = std::chrono::seconds{3}; ///< undisturbed, measured first
};

struct million_options {
  nanoseconds rest = std::chrono::seconds{30};    ///< silent but for heartbeats: CPU at rest
  nanoseconds publish = std::chrono::seconds{20}; ///< sampled publish latency
  std::uint32_t kills = 10'000;
  bool is_check_only = false;
};

/// Connections that come and go.
struct churn_options {
  std::uint64_t cycles = 100'000;
  std::uint64_t warm_up_cycles = 10'000; ///< before the first look: what a server allocates once is there then
  std::uint32_t concurrency = 200;
  nanoseconds settle_max = std::chrono::seconds{90}; ///< a minute of idle timeouts is in the deadline wheels
};

/// Publishers in a closed loop.
struct publish_options {
  std::uint32_t outstanding = 1; ///< of each connection
  bool has_keys = false;         ///< every push has an idempotency key
  std::optional<std::string> raw_fsync_directory;
  std::optional<std::uint64_t> kept; ///< newest messages of a topic that must be there; none: see kept_of
};

/// Everybody loses the connection, misses messages and comes back at once.
struct recover_options {
  std::uint32_t clients = 10'000;
  std::uint32_t missed = 100;                     ///< messages of each room
  std::optional<std::uint32_t> at_once;           ///< handshakes under way when they come back; none: all
  nanoseconds baseline = std::chrono::seconds{5}; ///< undisturbed bystanders, measured before
  double bystander_rate = 500;                    ///< messages per second, all bystanders together
};

/// One run as the user asked for it.
struct scenario {
  scenario_kind kind = scenario_kind::idle;
  std::string target = "127.0.0.1:4000";
  std::uint32_t connections = 1000;
  std::uint32_t rooms = 10;
  std::string topic_prefix = "room:";            ///< room n is the topic <prefix><n>
  std::optional<std::uint32_t> threads;          ///< none: as many as the descriptor limit asks for
  std::optional<std::uint32_t> source_addresses; ///< none: see source_addresses
  nanoseconds duration = std::chrono::seconds{10};
  nanoseconds warm_up = std::chrono::seconds{1};
  std::size_t payload_bytes = 64;
  double rate = 100;
  arrivals spacing = arrivals::poisson;
  std::uint64_t seed = 1;
  double connect_rate = 0;
  nanoseconds heartbeat_interval = std::chrono::seconds{30};
  std::string event = "new_msg";
  std::optional<pid_t> server_pid;
  std::optional<std::string> control_path; ///< none: the default one, if it exists
  bool is_json = false;
  bool requires_replies = true; ///< false for a bare server that broadcasts without answering
  std::string fan_workload;     ///< fanout only
  chaos_options chaos;
  million_options million;
  churn_options churn;
  publish_options publish;
  recover_options recover;
  std::vector<std::string> phases;            ///< witness only: the names of its measured stretches
  std::optional<std::uint32_t> latency_rooms; ///< witness only: latencies of the rooms below this number; none: of all
};

/// A row of docs/performance.md.
struct fan_workload {
  std::string name;
  std::string shape; ///< for --help
  std::uint32_t connections;
  std::uint32_t rooms;
  traffic_plan traffic;
};

const std::vector<fan_workload>& fan_workloads();

/// Resolves, fills in what was left open and refuses what cannot be. Throws cannot_run.
workload workload_of(const scenario& wanted);

/// How many messages a topic keeps at least, unless the user says otherwise: the namespaces of a server without a
/// configuration file.
std::uint64_t kept_of(const scenario& wanted);

/// "30s", "500ms", "2m", "1.5" (seconds).
std::optional<nanoseconds> duration_of(std::string_view text);

/// Descriptors of a thread that are not connections: epoll, channels, libraries.
inline constexpr std::uint64_t descriptors_spare = 300;

} // namespace lintel::loadgen
