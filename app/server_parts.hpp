#pragma once

#include "actors/address_book.hpp"
#include "actors/namespace_rules.hpp"
#include "actors/room_services.hpp"
#include "actors/room_supervisor.hpp"
#include "actors/runtime_config.hpp"
#include "app/access_keys.hpp"
#include "app/chaos_account.hpp"
#include "app/config_reload.hpp"
#include "app/metrics_history.hpp"
#include "app/page_sessions.hpp"
#include "app/process_directory.hpp"
#include "app/restart_notes.hpp"
#include "app/server_config.hpp"
#include "gateway/http_request.hpp"
#include "gateway/listening_socket.hpp"
#include "gateway/socket_worker.hpp"
#include "history/rocks_log.hpp"

#include <caf/actor_system.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace lintel::app {

/// What the supervision tree is started from and what its children share. Outlives every actor.
struct server_parts {
  explicit server_parts(server_config with);
  ~server_parts();
  server_parts(const server_parts&) = delete;
  server_parts& operator=(const server_parts&) = delete;

  std::size_t workers() const noexcept { return sockets.size(); }

  std::uint16_t port() const { return listening.front().port(); }
  std::string url() const;
  /// By a key, or by one that a link was exchanged for. Any thread.
  actors::role role_of(const gateway::credentials& shown);
  /// Rooms of all supervisors; those of system topics are no rooms to their users. Any thread.
  std::uint64_t room_count();
  std::vector<std::string> room_topics();

  const server_config config;
  const access_keys keys;
  page_sessions browsers;
  chaos_account chaos;
  std::vector<gateway::listening_socket> listening; ///< one per worker, all on one port
  gateway::admission door;
  std::atomic<bool> is_ready{false};
  gateway::http_routes routes;
  actors::address_book book; ///< rooms that end last ask it until the system has joined its threads
  gateway::session_directory sessions;
  actors::namespaces spaces;
  config_reload reloads;
  history::memory_shelf shelf; ///< histories in memory whose rooms nobody is in
  actors::room_services room_services{spaces, shelf};
  std::vector<gateway::socket_worker*> sockets; ///< owned by the runtime's workers
  /// Null: no namespace is durable. Closed before the system ends, for it answers to rooms; destroyed after it, for
  /// rooms that have mail left ask it.
  std::unique_ptr<history::rocks_log> log;
  actors::runtime_config runtime;
  caf::actor_system system;
  process_directory directory;
  metrics_history recent;
  restart_notes noted; ///< restarts that supervisors have seen to

  std::mutex rooms_mutex;
  std::vector<actors::process_ptr<actors::room_supervisor>> rooms; ///< guarded by rooms_mutex
};

} // namespace lintel::app
