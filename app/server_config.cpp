#include "app/server_config.hpp"

#include "base/descriptor_limit.hpp"
#include "gateway/batch_sender.hpp"
#include "gateway/descriptor_table.hpp"
#include "gateway/listening_socket.hpp"

#include <thread>

namespace lintel::app {

std::string flaw_in(const server_config& config) {
  if (auto plan = plan_of(config); !plan.flaw.empty())
    return plan.flaw;
  else if (plan.has_own_tables && !gateway::can_leave_shared_descriptor_table())
    return std::to_string(plan.connections_max) +
           " connections do not fit into one descriptor table, and this system does not let a thread have one of its "
           "own (unshare, close_range); raise the limit of open files (ulimit -Hn), or lower --max-connections";
  if (!gateway::is_loopback(config.gateway.host) && !config.is_open_to_all)
    return "refusing to listen on " + config.gateway.host +
           " without authentication: anybody could join and kill. Listen on 127.0.0.1 behind a proxy that "
           "authenticates, or say --insecure-open if that is what you want";
  if (config.is_chaos_enabled && !gateway::is_loopback(config.gateway.host))
    return "--enable-chaos lets every client crash handlers: only with --listen 127.0.0.1";
  if (config.gateway.io == gateway::io_path::uring && !gateway::make_uring_sender())
    return "--io uring: this kernel gives us no io_uring; use --io auto or --io plain";
  if (config.gateway.messages.message_bytes_max > config.gateway.outbox.bytes_max)
    return "--message-bytes must not exceed --outbox-bytes: a message that never fits into an outbox cannot be "
           "delivered";
  const auto& quarantine = config.protection.quarantine;
  if (quarantine.cool_down > quarantine.cool_down_max)
    return "--quarantine must not exceed --quarantine-max: it is what it begins with, and that is where it ends";
  if (!config.stuck.is_increasing())
    return "--stuck-warn, --stuck-stack, --stuck-abandon and --stuck-abort must increase in this order; 0 turns one "
           "off";
  return {};
}

std::vector<actors::namespace_rules> namespaces_of(const server_config& config) {
  std::vector<actors::namespace_rules> all = config.namespaces;
  for (const auto& pattern : config.topics)
    all.push_back({.pattern = pattern, .history = {.kept = actors::durability::memory, .keep = {}}});
  return all;
}

descriptor_plan plan_of(const server_config& config) {
  return plan_descriptors({.connections = config.gateway.connections_max, .workers = config.workers},
                          std::thread::hardware_concurrency(), base::raise_descriptor_limit());
}

} // namespace lintel::app
