#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lintel::loadgen {

enum class fault : std::uint8_t { kill, crash };

/// The server's own count of what happened to it.
struct server_counters {
  std::int64_t kills = 0;
  std::int64_t crashes = 0;
  std::int64_t restarts = 0;
  std::int64_t gave_up = 0;
  std::int64_t connections_open = 0;
  std::int64_t sockets_closed_by_server = 0;
  std::int64_t unhandled = 0;
  pid_t pid = 0;
};

/// What there is in the server now.
struct server_levels {
  std::int64_t connections_open = 0;
  std::int64_t processes_alive = 0;
  std::int64_t rooms = 0;
  std::int64_t timers = 0;
  std::int64_t deadlines = 0;

  /// Nothing of it is above `base`.
  bool is_within(const server_levels& base) const noexcept;
};

struct connection_state {
  std::string id;
  std::int64_t incarnation = 0;
};

/// The server's control socket: one line of JSON per request and per answer. Blocking; every
/// failure throws cannot_run, because a run that cannot inject or count faults proves nothing.
class control_client {
public:
  explicit control_client(const std::string& path);
  ~control_client();
  control_client(control_client&& other) noexcept;
  control_client& operator=(control_client&&) = delete;

  server_counters counters();
  server_levels levels();
  std::vector<connection_state> connections();

  /// How many actors the server says it hit. Rooms go by their topic.
  std::uint64_t inject(fault how, std::span<const std::string> ids);
  /// The server chooses.
  std::uint64_t kill_random_connections(std::uint32_t count);

private:
  std::string ask(const std::string& request);

  int fd_ = -1;
  std::string received_;
};

} // namespace lintel::loadgen
