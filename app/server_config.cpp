#include "app/server_config.hpp"

#include "base/descriptor_limit.hpp"
#include "gateway/batch_sender.hpp"
#include "gateway/descriptor_table.hpp"
#include "gateway/listening_socket.hpp"

#include <span>
#include <thread>

namespace lintel::app {

namespace {

using flaws = std::vector<option_flaw>;

void check_descriptors(const server_config& config, flaws& found) {
  if (auto plan = plan_of(config); !plan.flaw.empty())
    found.push_back({{"max-connections", "workers"}, plan.flaw});
  else if (plan.has_own_tables && !gateway::can_leave_shared_descriptor_table())
    found.push_back({{"max-connections"},
                     std::to_string(plan.connections_max) +
                         " connections do not fit into one descriptor table, and this system does not let a thread "
                         "have one of its own (unshare, close_range); raise the limit of open files (ulimit -Hn), or "
                         "lower --max-connections"});
}

void check_openness(const server_config& config, flaws& found) {
  if (gateway::is_loopback(config.gateway.host))
    return;
  if (!config.is_open_to_all)
    found.push_back({{"listen"},
                     "refusing to listen on " + config.gateway.host +
                         " without authentication: anybody could join and kill. Listen on 127.0.0.1 behind a proxy "
                         "that authenticates, or say --insecure-open if that is what you want"});
  if (config.is_chaos_enabled)
    found.push_back(
        {{"enable-chaos", "listen"}, "--enable-chaos lets every client crash handlers: only with --listen 127.0.0.1"});
}

void check_topics(const server_config& config, flaws& found) {
  if (config.topics.empty())
    return; // the namespaces were checked where they were read
  const std::span<const actors::namespace_rules> all{config.namespaces};
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto before = pattern_before(all[i].pattern, all.first(i)); !before.empty())
      found.push_back({{"topic"},
                       "--topic " + all[i].pattern + " can never match: --topic " + std::string{before} +
                           " before it takes all of its topics"});
}

} // namespace

// Out of line: GCC 12 warns of bytes beyond a string that it builds in place (bug 105651).
option_flaw::option_flaw(std::vector<std::string_view> concerned, std::string_view what)
    : options(std::move(concerned)), text(what) {}

std::vector<option_flaw> flaws_in(const server_config& config) {
  flaws found;
  check_descriptors(config, found);
  check_openness(config, found);
  check_topics(config, found);
  if (config.gateway.io == gateway::io_path::uring && !gateway::make_uring_sender())
    found.push_back({{"io"}, "--io uring: this kernel gives us no io_uring; use --io auto or --io plain"});
  if (config.gateway.messages.message_bytes_max > config.gateway.outbox.bytes_max)
    found.push_back({{"message-bytes", "outbox-bytes"},
                     "--message-bytes must not exceed --outbox-bytes: a message that never fits into an outbox cannot "
                     "be delivered"});
  if (!config.disk_faults.empty() && !config.is_chaos_enabled)
    found.push_back({{"disk-faults"}, "--disk-faults spoils what is stored: only with --enable-chaos"});
  const auto& quarantine = config.protection.quarantine;
  if (quarantine.cool_down > quarantine.cool_down_max)
    found.push_back({{"quarantine", "quarantine-max"},
                     "--quarantine must not exceed --quarantine-max: it is what it begins with, and that is where it "
                     "ends"});
  if (!config.stuck.is_increasing())
    found.push_back({{"stuck-warn", "stuck-stack", "stuck-abandon", "stuck-abort"},
                     "--stuck-warn, --stuck-stack, --stuck-abandon and --stuck-abort must increase in this order; 0 "
                     "turns one off"});
  return found;
}

std::string flaw_in(const server_config& config) {
  const auto found = flaws_in(config);
  return found.empty() ? "" : found.front().text;
}

descriptor_plan plan_of(const server_config& config) {
  return plan_descriptors({.connections = config.gateway.connections_max, .workers = config.workers},
                          std::thread::hardware_concurrency(), base::raise_descriptor_limit());
}

} // namespace lintel::app
