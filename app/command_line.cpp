#include "app/command_line.hpp"

#include "app/duration_text.hpp"
#include "app/failure_options.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <stdexcept>

namespace lintel::app {

namespace {

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

void add_milliseconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                      const std::string& help) {
  app.add_option_function<std::int64_t>(
         "--" + name, [&value](const std::int64_t& ms) { value = std::chrono::milliseconds{ms}; }, help)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400'000}))
      ->default_str(std::to_string(value.count()));
}

CLI::Option* add_duration(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                          const std::string& help) {
  return app.add_option_function<std::string>(
      "--" + name,
      [&value, name](const std::string& text) {
        const auto given = parse_duration(text);
        if (!given)
          throw CLI::ValidationError{"--" + name, "must be a time up to a day, such as 100ms, 5s or 2m; got " + text};
        value = *given;
      },
      help);
}

void add_stuck_options(CLI::App& app, actors::stuck_limits& limits) {
  const auto add = [&app](const std::string& name, std::chrono::milliseconds& value, const std::string& help) {
    add_duration(app, name, value, help + "; 0: never")->default_str(duration_text(value));
  };
  add("stuck-warn", limits.warn, "After so long in one handler it is named in the log");
  add("stuck-stack", limits.stack, "... its stack is shown");
  add("stuck-abandon", limits.abandon, "... its thread is stopped for good, and its actor goes on without it");
  add("stuck-abort", limits.abort, "... and if no worker gets anywhere any more, the process aborts");
}

void add_server_options(CLI::App& app, server_config& config) {
  auto& gateway = config.gateway;
  app.add_option_function<std::string>(
         "--listen", [&gateway](const std::string& text) { set_listen(gateway, text); },
         "Address to listen on; port 0 takes a free one")
      ->default_str("127.0.0.1:4000");
  app.add_option("--data-dir", config.data_dir, "Where the control socket and, later, history live")
      ->capture_default_str();
  app.add_option("--workers", config.workers,
                 "Threads that run actors and sockets; 0: one per core, or what --max-connections needs")
      ->capture_default_str();
  app.add_option("--topic", config.topics, "Topics that exist; a * at the end matches by prefix")
      ->capture_default_str();
  app.add_option("--allow-origin", gateway.allowed_origins,
                 "Pages that may connect beside our own: https://a.example, //*.b.example or *");
  app.add_option(
         "--max-connections", gateway.connections_max,
         "Sockets the server holds; more are refused. 0: what one descriptor table takes (ulimit -Hn). More than "
         "that gives each worker a table of its own")
      ->capture_default_str();
  app.add_option("--io", gateway.io, "How output is sent: auto takes io_uring where the kernel has it")
      ->transform(CLI::CheckedTransformer(std::map<std::string, gateway::io_path>{{"auto", gateway::io_path::automatic},
                                                                                  {"uring", gateway::io_path::uring},
                                                                                  {"plain", gateway::io_path::plain}}))
      ->default_str("auto");
  app.add_option("--message-bytes", gateway.messages.message_bytes_max,
                 "Largest message from a client; else close 1009")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--outbox-bytes", gateway.outbox.bytes_max, "Waiting for one slow client; else close 1013")
      ->capture_default_str();
  app.add_option("--inbound-window", gateway.connections.inbound_window,
                 "Unhandled messages of one client before its socket is no longer read")
      ->check(CLI::Range(1u, 65'536u))
      ->capture_default_str();
  app.add_option("--room-members", config.rooms.members_max, "Members of one room; a join beyond is refused")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_failure_options(app, config);
  add_milliseconds(app, "idle-timeout-ms", gateway.deadlines.idle, "Silence before a client is closed with 1001");
  add_milliseconds(app, "handshake-timeout-ms", gateway.deadlines.handshake, "For the HTTP request");
  add_milliseconds(app, "stop-deadline-ms", config.stop_deadline, "From SIGTERM to the end of the process");
  app.add_flag("--insecure-open", config.is_open_to_all,
               "Listen beyond loopback without authentication: anybody may connect");
  add_stuck_options(app, config.stuck);
  app.add_flag("--enable-chaos", config.is_chaos_enabled,
               "For fault experiments: `ctl stall`, and the events chaos:crash and chaos:crash_room, which throw");
  for (auto* option : app.get_options())
    if (auto name = option->get_single_name(); name != "help") {
      std::string variable = "LINTEL_";
      for (char c : name)
        variable.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
      option->envname(variable);
    }
}

// CLI11 reads configuration files for the application only, not for a subcommand, and lets them beat the environment.
void read_file(CLI::App& app, const std::string& path) {
  for (const auto& item : CLI::ConfigBase{}.from_file(path)) {
    auto* option = item.parents.empty() ? app.get_option_no_throw("--" + item.name) : nullptr;
    if (option == nullptr || item.inputs.empty())
      throw CLI::ConfigError::Extras(item.fullname());
    if (option->count() > 0)
      continue;                          // said by an argument or a variable
    if (option->get_expected_min() == 0) // a flag
      option->add_result(option->get_flag_value(item.name, item.inputs.front()));
    else
      option->add_result(item.inputs);
    option->run_callback();
  }
}

void add_stall_command(CLI::App& stall, ctl_request& request) {
  stall.add_option("id", request.ids, "Connections (c0-17-0), rooms (room:lobby), or names of the tree")->required();
  add_duration(stall, "for", request.stall.length, "For how long: 500ms, 30s")->required();
  stall.add_flag("--busy", request.stall.is_busy, "In a loop that keeps its core busy; else asleep");
  stall.add_flag("--next", request.stall.is_for_next, "Not before its next message, and with that in hand");
}

void add_ctl_commands(CLI::App& ctl, ctl_request& request) {
  ctl.add_option("--data-dir", request.data_dir, "The server's data directory")
      ->envname("LINTEL_DATA_DIR")
      ->capture_default_str();
  ctl.add_flag("--json", request.is_json, "Print what the server answered, as JSON");
  ctl.require_subcommand(1);
  ctl.fallthrough(); // --json may follow the command
  const auto add = [&](const std::string& name, const std::string& help) {
    auto* command = ctl.add_subcommand(name, help);
    command->callback([&request, name] { request.command = name; });
    return command;
  };
  add("tree", "The supervision tree as it lives");
  add("top", "Rates over one second, and the connections with most waiting");
  add("alarms", "Restart storms and quarantined rooms, as they are now");
  add("counters", "What was counted since start");
  add("recovery", "How long killed and crashed actors were away");
  add("rooms", "Rooms and their members");
  add("connections", "The connections")->add_option("--limit", request.limit, "At most so many")->capture_default_str();
  add("connection", "One connection")->add_option("id", request.ids, "Such as c0-17-0")->required()->expected(1);
  add("link", "Print a link that lets one browser into the observatory, once")
      ->add_option("--role", request.role, "What it may do: admin, viewer")
      ->check(CLI::IsMember({"admin", "viewer"}))
      ->default_str("admin");
  add("search", "Connections by id or room, rooms by topic")
      ->add_option("text", request.text, "An id, or a part of a topic")
      ->required();
  auto* chaos = add("chaos", "What was killed since somebody began, and what came of it");
  auto* rate = chaos->add_option("--rate", request.rate, "From now on kill so many random connections per second");
  auto* stop = chaos->add_flag_callback(
      "--stop", [&request] { request.rate = 0; }, "Kill no more");
  chaos->add_flag("--reset", request.is_reset, "Count anew from the next order on");
  rate->excludes(stop);
  add_stall_command(*add("stall", "Block handlers, as a bug would; for servers with --enable-chaos"), request);
  for (const auto* name : {"kill", "crash"}) {
    auto* command = add(name, std::string{name} == "kill" ? "End actors as an exit signal would; restarts at once"
                                                          : "Throw inside a handler; spends the actor's restarts");
    auto* ids =
        command->add_option("id", request.ids, "Connections (c0-17-0), rooms (room:lobby), or names of the tree");
    auto* random = command->add_option("--random", request.random, "So many connections, chosen at random");
    auto* all = command->add_option("--all", request.all, "connections or rooms")
                    ->check(CLI::IsMember({"connections", "rooms"}));
    ids->excludes(random)->excludes(all);
    random->excludes(all);
  }
}

} // namespace

command_line parse_command_line(int argc, char** argv) {
  command_line chosen;
  CLI::App app{"Lintel: a real-time message server where every connection is a supervised actor.\n\n"
               "  lintel serve                        start at 127.0.0.1:4000\n"
               "  lintel ctl tree                     look at the actors of a running server\n"
               "  lintel ctl kill --random 100        kill some; nobody notices\n"};
  app.name("lintel");
  app.set_version_flag("--version", "lintel " LINTEL_VERSION);
  app.require_subcommand(1);
  auto* serve = app.add_subcommand("serve", "Run the server");
  auto* check = app.add_subcommand("check-config", "Read the same options as `serve` and say what is wrong");
  // CLI11 applies variables to subcommands that were not chosen, too: each has a configuration of its own.
  server_config checked;
  std::string file;
  add_server_options(*serve, chosen.server);
  add_server_options(*check, checked);
  for (auto* command : {serve, check})
    command->add_option("--config", file, "A TOML file with these options, without their dashes: workers = 4");
  auto* token =
      app.add_subcommand("token", "Print the key of a role, for `token` of a client's parameters; docs/operations.md");
  token->add_option("--data-dir", chosen.token.data_dir, "The server's data directory")
      ->envname("LINTEL_DATA_DIR")
      ->capture_default_str();
  token->add_option("--role", chosen.token.whose, "admin may watch the system's topics and kill, viewer may watch")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, actors::role>{{"admin", actors::role::admin}, {"viewer", actors::role::viewer}}))
      ->default_str("admin");
  auto* ctl = app.add_subcommand("ctl", "Look into a running server, and kill its actors");
  add_ctl_commands(*ctl, chosen.ctl);
  try {
    app.parse(argc, argv);
    if (!file.empty())
      read_file(*serve ? *serve : *check, file);
  } catch (const CLI::ParseError& stop) {
    chosen.exit_code = app.exit(stop) == 0 ? 0 : 2;
    return chosen;
  }
  if (*ctl) {
    chosen.what = command_line::action::ctl;
    return chosen;
  }
  if (*token) {
    chosen.what = command_line::action::token;
    return chosen;
  }
  if (*check)
    chosen.server = checked;
  if (auto flaw = flaw_in(chosen.server); !flaw.empty())
    throw std::runtime_error{flaw};
  chosen.what = *serve ? command_line::action::serve : command_line::action::check_config;
  return chosen;
}

} // namespace lintel::app
