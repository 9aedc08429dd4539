#include "app/command_line.hpp"

#include "app/option_values.hpp"
#include "app/server_options.hpp"
#include "app/service_options.hpp"

namespace lintel::app {

namespace {

void add_stall_command(CLI::App& stall, ctl_request& request) {
  stall.add_option("id", request.ids, "Connections (c0-17-0), rooms (room:lobby), or names of the tree")->required();
  add_value(stall, "for", request.stall.length, duration_range{}, "For how long: 500ms, 30s")->required();
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
  add("top", "Rates over one second, and the connections with most waiting; in a terminal until Ctrl-C")
      ->add_flag("--once", request.is_once, "One look, also in a terminal");
  add("alarms", "Restart storms and quarantined rooms, as they are now");
  add("counters", "What was counted since start");
  add("reload", "Read the configuration file again, and take over what can change while the server runs");
  add("recovery", "How long killed and crashed actors were away");
  add("rooms", "Rooms and their members");
  add("connections", "The connections")->add_option("--limit", request.limit, "At most so many; 10,000 unless told");
  add("connection", "One connection")->add_option("id", request.ids, "Such as c0-17-0")->required()->expected(1);
  add("actor", "One actor, whatever it is")
      ->add_option("id", request.ids, "A connection (c0-17-0), a room (room:lobby), or a name of the tree")
      ->required()
      ->expected(1);
  add_service_commands(ctl, request);
  add("link", "Print a link that lets one browser into the observatory, once")
      ->add_option("--role", request.role, "What it may do: admin, viewer")
      ->check(CLI::IsMember({"admin", "viewer"}))
      ->default_str("admin");
  add("search", "Connections by id, user or room; rooms by topic")
      ->add_option("text", request.text, "An id, a user, or a part of a topic")
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
  std::filesystem::path file;
  add_server_options(*serve, chosen.server);
  add_server_options(*check, checked);
  for (auto* command : {serve, check})
    add_config_file_option(*command, file);
  check->add_flag("--json", chosen.is_json, "Print what holds as JSON");
  auto* token =
      app.add_subcommand("token", "Print the key of a role, for `token` of a client's parameters; docs/operations.md");
  token->add_option("--data-dir", chosen.token.data_dir, "The server's data directory")
      ->envname("LINTEL_DATA_DIR")
      ->capture_default_str();
  add_value(*token, "role", chosen.token.whose,
            choice<actors::role>{{{"admin", actors::role::admin}, {"viewer", actors::role::viewer}}},
            "admin may watch the system's topics and kill, viewer may watch");
  auto* ctl = app.add_subcommand("ctl", "Look into a running server, and kill its actors");
  add_ctl_commands(*ctl, chosen.ctl);
  try {
    app.parse(argc, argv);
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
    finish_server_config(*check, checked, file);
  else
    finish_server_config(*serve, chosen.server, file);
  if (*check)
    chosen.server = std::move(checked);
  chosen.has_file = !file.empty();
  chosen.what = *serve ? command_line::action::serve : command_line::action::check_config;
  return chosen;
}

} // namespace lintel::app
