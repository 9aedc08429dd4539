#include "app/server_parts.hpp"

#include "actors/room_actor.hpp"
#include "app/pages.hpp"

#include <algorithm>

namespace lintel::app {

namespace {

std::vector<gateway::listening_socket> listen_on(const server_config& config) {
  std::vector<gateway::listening_socket> sockets;
  auto port = config.gateway.port;
  for (std::size_t i = 0; i < config.workers; ++i) {
    sockets.emplace_back(config.gateway.host, port,
                         i == 0 ? gateway::listening_socket::sharing::first
                                : gateway::listening_socket::sharing::sibling);
    port = sockets.front().port(); // 0 took a free one
  }
  return sockets;
}

// The workers own their sockets as reactors; the tree's start functions need them as what they are.
std::vector<std::unique_ptr<actors::reactor>>
make_reactors(const server_config& config, const gateway::http_routes& routes, gateway::admission& door,
              gateway::session_directory& sessions_of_clients, std::vector<gateway::socket_worker*>& sockets) {
  std::vector<std::unique_ptr<actors::reactor>> reactors;
  for (std::size_t i = 0; i < config.workers; ++i) {
    auto worker = std::make_unique<gateway::socket_worker>(static_cast<std::uint16_t>(i), config.gateway, routes, door,
                                                           sessions_of_clients);
    sockets.push_back(worker.get());
    reactors.push_back(std::move(worker));
  }
  return reactors;
}

// A spare thread can stand in for any worker, but not where descriptors mean something on one thread only.
std::size_t spare_threads(const server_config& config) { return config.gateway.has_own_descriptor_tables ? 0 : 4; }

gateway::http_page page_for(std::string_view path, const gateway::credentials& shown, server_parts& parts) {
  if (path == "/metrics")
    return metrics_page(shown, parts);
  if (path == "/session")
    return session_page(shown, parts);
  return page_at(path, parts.is_ready);
}

} // namespace

server_parts::server_parts(server_config with)
    : config(std::move(with)), keys(config.data_dir), listening(listen_on(config)),
      door(config.gateway.connections_max), routes{config.gateway,
                                                   [this](std::string_view path, const gateway::credentials& shown) {
                                                     return page_for(path, shown, *this);
                                                   },
                                                   [this](const gateway::credentials& shown) { return role_of(shown); },
                                                   {},
                                                   [this](std::string_view path, const gateway::credentials& shown) {
                                                     return forget_page(path, shown, *this);
                                                   }},
      book(config.workers), spaces(config.namespaces), reloads(config, spaces, [this] { return room_topics(); }),
      shelf(config.history_memory_bytes),
      runtime(make_reactors(config, routes, door, sessions, sockets), spare_threads(config), config.stuck),
      system(runtime), rooms(config.workers) {
  if (needs_log(config.namespaces)) {
    runtime.pool().wait_until_started(); // or their descriptor tables would keep the log's files open for ever
    history::rocks_log_options options{.directory = config.data_dir / "history"};
    if (!config.disk_faults.empty())
      options.faults = std::make_shared<history::disk_faults>(config.disk_faults);
    log = std::make_unique<history::rocks_log>(std::move(options));
    room_services.log = log.get();
  }
  book.set_rooms(room_services);
}

std::string server_parts::url() const {
  const auto& host = config.gateway.host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port()) + "/";
}

actors::role server_parts::role_of(const gateway::credentials& shown) {
  const auto now = page_sessions::clock::now();
  auto found = actors::role::none;
  if (!shown.token.empty())
    found = std::max(keys.role_of(shown.token), browsers.role_of(shown.token, now));
  if (!shown.base64.empty())
    found = std::max({found, keys.role_of_base64(shown.base64), browsers.role_of_base64(shown.base64, now)});
  return found;
}

server_parts::~server_parts() {
  if (log)
    log->close();
}

std::uint64_t server_parts::room_count() {
  std::lock_guard lock{rooms_mutex};
  std::uint64_t sum = 0;
  for (const auto& group : rooms)
    sum += group ? group->count_of_users() : 0;
  return sum;
}

std::vector<std::string> server_parts::room_topics() {
  std::lock_guard lock{rooms_mutex};
  std::vector<std::string> topics_now;
  for (const auto& group : rooms)
    if (group)
      for (const auto& room : group->rooms())
        topics_now.push_back(room->topic());
  return topics_now;
}

} // namespace lintel::app
