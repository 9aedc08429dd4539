#include "app/server_options.hpp"

#include "app/failure_options.hpp"
#include "app/option_values.hpp"

namespace lintel::app {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t connections_max = 10'000'000; // more than any machine; the plan says what this one takes
constexpr std::uint64_t members_max = 0xffff'ffff;
constexpr byte_range frame_bytes{.max = 1ull << 30};

// HOST:PORT; an IPv6 address stands in brackets.
void set_listen(gateway::gateway_config& config, const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size())
    throw CLI::ValidationError{"--listen", "must be HOST:PORT, such as 127.0.0.1:4000; got " + text};
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  const auto port = text.substr(colon + 1);
  if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos || std::stoul(port) > 65535)
    throw CLI::ValidationError{"--listen", "the port must be a number up to 65535; got " + port};
  config.host = host;
  config.port = static_cast<std::uint16_t>(std::stoul(port));
}

void add_stuck_options(CLI::App& app, actors::stuck_limits& limits) {
  const auto add = [&app](const std::string& name, std::chrono::milliseconds& value, const std::string& help) {
    add_value(app, name, value, duration_range{.may_be_none = true}, help + "; 0: never");
  };
  add("stuck-warn", limits.warn, "After so long in one handler it is named in the log");
  add("stuck-stack", limits.stack, "... its stack is shown");
  add("stuck-abandon", limits.abandon, "... its thread is stopped for good, and its actor goes on without it");
  add("stuck-abort", limits.abort, "... and if no worker gets anywhere any more, the process aborts");
}

void add_place_options(CLI::App& app, server_config& config) {
  auto& gateway = config.gateway;
  app.add_option_function<std::string>(
         "--listen", [&gateway](const std::string& text) { set_listen(gateway, text); },
         "Address to listen on; port 0 takes a free one")
      ->type_name("HOST:PORT")
      ->default_str("127.0.0.1:4000");
  app.add_option("--data-dir", config.data_dir, "Where the control socket and, later, history live")
      ->capture_default_str();
  add_value(app, "workers", config.workers, whole_number{.max = 100'000},
            "Threads that run actors and sockets; 0: one per core, or what --max-connections needs");
  app.add_option("--topic", config.topics,
                 "Topics that exist, of those that the namespaces have; a * at the end matches by prefix")
      ->check([](const std::string& text) {
        const auto flaw = flaw_in_pattern(text);
        return flaw.empty() ? "" : flaw + "; got " + text;
      })
      ->type_name("PATTERN ...");
  app.add_option("--allow-origin", gateway.allowed_origins,
                 "Pages that may connect beside our own: https://a.example, //*.b.example or *");
}

void add_limits(CLI::App& app, server_config& config) {
  auto& gateway = config.gateway;
  add_value(app, "max-connections", gateway.connections_max, whole_number{.max = connections_max},
            "Sockets the server holds; more are refused. 0: what one descriptor table takes (ulimit -Hn). More than "
            "that gives each worker a table of its own");
  add_value(app, "io", gateway.io,
            choice<gateway::io_path>{{{"auto", gateway::io_path::automatic},
                                      {"uring", gateway::io_path::uring},
                                      {"plain", gateway::io_path::plain}}},
            "How output is sent: auto takes io_uring where the kernel has it; uring, plain");
  add_value(app, "message-bytes", gateway.messages.message_bytes_max, frame_bytes,
            "Largest message from a client; else close 1009");
  add_value(app, "outbox-bytes", gateway.outbox.bytes_max, frame_bytes, "Waiting for one slow client; else close 1013");
  add_value(app, "inbound-window", gateway.connections.inbound_window, whole_number{1, 65'536},
            "Unhandled messages of one client before its socket is no longer read");
  add_value(app, "room-members", config.rooms.members_max, whole_number{1, members_max},
            "Members of one room; a join beyond is refused");
  add_value(app, "history-memory", config.history_memory_bytes, byte_range{},
            "What the histories of rooms that nobody is in may take; beyond it the oldest are forgotten");
  add_value(app, "history-sync-max-waiting", config.history_waiting_bytes, byte_range{},
            "Messages that wait to be stored; beyond it a push is answered overloaded");
}

void add_variables(CLI::App& app) {
  for (auto* option : app.get_options())
    if (auto name = option->get_single_name(); name != "help") {
      std::string variable = "LINTEL_";
      for (char c : name)
        variable.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
      option->envname(variable);
    }
}

} // namespace

void add_server_options(CLI::App& app, server_config& config) {
  add_place_options(app, config);
  add_limits(app, config);
  add_failure_options(app, config);
  auto& deadlines = config.gateway.deadlines;
  add_value(app, "idle-timeout", deadlines.idle, duration_range{}, "Silence before a client is closed with 1001");
  add_value(app, "handshake-timeout", deadlines.handshake, duration_range{}, "For the HTTP request");
  add_value(app, "stop-deadline", config.stop_deadline, duration_range{}, "From SIGTERM to the end of the process");
  app.add_flag("--insecure-open", config.is_open_to_all,
               "Listen beyond loopback without authentication: anybody may connect");
  add_stuck_options(app, config.stuck);
  app.add_flag("--enable-chaos", config.is_chaos_enabled,
               "For fault experiments: `ctl stall`, and the events chaos:crash and chaos:crash_room, which throw");
  app.add_option("--disk-faults", config.disk_faults,
                 "For fault experiments: a file that says what the durable log's files come to (append=eio, "
                 "append=enospc, append=short, sync=eio, read=flip); it is read at each of their operations")
      ->type_name("FILE");
  add_variables(app);
}

void add_config_file_option(CLI::App& app, std::filesystem::path& file) {
  app.add_option("--config", file,
                 "A TOML file with these options, without their dashes (workers = 4), and with [[namespace]] tables: "
                 "docs/operations.md");
}

} // namespace lintel::app
