#include "loadgen/command_line.hpp"

#include "loadgen/history_options.hpp"
#include "loadgen/shared_options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace lintel::loadgen {

namespace {

constexpr const char* examples = R"help(Examples:
  lintel-loadgen idle --connections 15000 --rooms 150 --server-pid "$(pidof lintel)"
      What does one silent connection cost? Memory needs the server's pid or its control socket.
  lintel-loadgen chat --connections 1000 --rooms 10 --rate 500 --duration 30s
      500 messages/s, open loop; latency from the intended send time, every delivery checked.
  lintel-loadgen fanout --workload fan-1000 --server-pid "$(pidof lintel)" --json
      Server CPU per delivery, for a program to read.
  lintel-loadgen chaos --connections 2000 --rooms 20 --kills-per-actor 10 --kill-rate 1000
      Kills every connection actor ten times while people chat. Nobody may notice.
  lintel-loadgen churn --cycles 100000 --concurrency 200
      Connections that come, talk and leave in every way: nothing of them may stay. script/leaks brings
      the server.
  lintel-loadgen publish --connections 64 --outstanding 8 --rooms 100 --raw-fsync lintel-data
      Durable messages acknowledged per second, beside what the disk does alone; then reads them all back.
  lintel-loadgen recover --clients 10000 --missed 100 --rooms 100
      Everybody loses the connection, misses messages, and comes back at once: when has the last one everything?
  lintel-loadgen million --connections 100000
      Everything at once, as large as the machine allows; ends with a table. script/million brings the server.

Exit code: 0 all checks passed; 1 a check failed, or the generator was the bottleneck and its
figures are withheld; 2 bad usage, or the run could not be carried out.

When are figures withheld?
  Open loop (idle, chat, chaos, lat-100x50): a generator thread used more than 90 % of a core, sends
  left more than 10 ms late at p99, or the generator's event loop lagged more than 20 ms at p99.
  Closed loop (fan-*, rpc-100): these fill the machine on purpose and measure server CPU, so a busy
  generator is normal; but it must keep up with reading: at most 64 KiB unread per socket and 100 ms
  of lag at p99.
  publish and recover withhold nothing: they say how busy the generator was.)help";

void add_idle(CLI::App& app, scenario& wanted) {
  CLI::App* idle = app.add_subcommand("idle", "Silent connections: handshakes, memory and CPU at rest");
  add_size(*idle, wanted);
  add_measured(*idle, wanted);
  add_topic_prefix(*idle, wanted);
  idle->footer("Example:\n  lintel-loadgen idle --connections 15000 --rooms 150 --control "
               "lintel-data/control.sock");
  idle->final_callback([&wanted] { wanted.kind = scenario_kind::idle; });
}

void add_chat(CLI::App& app, scenario& wanted) {
  CLI::App* chat = app.add_subcommand("chat", "Open-loop messages: latency, every delivery checked");
  add_size(*chat, wanted);
  add_messages(*chat, wanted);
  add_rate(*chat, wanted);
  add_measured(*chat, wanted);
  add_topic_prefix(*chat, wanted);
  chat->footer("Example:\n  lintel-loadgen chat --connections 2000 --rooms 20 --rate 100 "
               "--duration 1m --threads 2");
  chat->final_callback([&wanted] { wanted.kind = scenario_kind::chat; });
}

void add_fanout(CLI::App& app, scenario& wanted) {
  CLI::App* fanout = app.add_subcommand("fanout", "Named workloads: server CPU per delivery or reply");
  std::string shapes = "One of:";
  std::vector<std::string> names;
  for (const fan_workload& each : fan_workloads()) {
    shapes += fmt::format("\n  {:<12} {}", each.name, each.shape);
    names.push_back(each.name);
  }
  fanout->add_option("--workload", wanted.fan_workload, shapes)->required()->check(CLI::IsMember(names));
  add_messages(*fanout, wanted);
  add_topic_prefix(*fanout, wanted);
  bool& requires_replies = wanted.requires_replies;
  fanout->add_flag_callback(
      "--replies-not-required", [&requires_replies] { requires_replies = false; },
      "For a bare server that broadcasts without answering the push");
  add_measured(*fanout, wanted);
  fanout->footer("Example:\n  lintel-loadgen fanout --workload fan-rooms10 --duration 5s --control "
                 "lintel-data/control.sock");
  fanout->final_callback([&wanted] { wanted.kind = scenario_kind::fanout; });
}

void add_chaos(CLI::App& app, scenario& wanted) {
  CLI::App* chaos = app.add_subcommand("chaos", "Chat while actors are killed: nothing lost, no socket closed");
  add_size(*chaos, wanted);
  add_messages(*chaos, wanted);
  add_rate(*chaos, wanted);
  add_measured(*chaos, wanted);
  chaos_options& faults = wanted.chaos;
  add_choice<kill_target>(
      *chaos, "--kill", faults.target,
      {{"connections", kill_target::connections}, {"rooms", kill_target::rooms}, {"both", kill_target::both}},
      "Whose actors; default: connections");
  chaos->add_option("--kill-rate", faults.kill_rate, "Kills and crashes per second")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  chaos
      ->add_option("--crash-share", faults.crash_share,
                   "Share of each connection's kills that makes it crash instead, 0 to 1; a crash spends the "
                   "actor's restart budget, a kill does not")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  chaos->add_option("--kills-per-actor", faults.kills_per_actor,
                    "Hit every connection actor exactly so often, in random order, and then end; default: "
                    "random ones for --duration");
  chaos->add_option("--room-kills", faults.room_kills,
                    "Kills of rooms in total; default: every room once with --kill both");
  add_duration(*chaos, "--baseline", faults.baseline, "Undisturbed measurement before the first kill");
  chaos->footer("Example:\n  lintel-loadgen chaos --connections 2000 --rooms 20 --kills-per-actor "
                "10 --room-kills 200");
  chaos->final_callback([&wanted] { wanted.kind = scenario_kind::chaos; });
}

void add_million(CLI::App& app, scenario& wanted) {
  constexpr std::uint32_t connections = 1'000'000;
  constexpr std::uint32_t members = 100;
  constexpr double rate = 50;
  CLI::App* million =
      app.add_subcommand("million", "As many connections as the machine carries, and all promises kept meanwhile");
  const auto* size = million->add_option("--connections", wanted.connections, "How many; default: 1,000,000");
  const auto* rooms = million->add_option(
      "--rooms", wanted.rooms, "Connection c joins room:<c modulo rooms>; default: one room for 100 connections");
  const auto* publishes =
      million->add_option("--rate", wanted.rate, "Messages per second, all rooms together; default: 50");
  million_options& what = wanted.million;
  add_duration(*million, "--rest", what.rest, "Heartbeats only: server CPU at rest");
  add_duration(*million, "--publish", what.publish, "Messages in random rooms: latency");
  million->add_option("--kills", what.kills, "Random connection actors to kill, at once")->capture_default_str();
  million->add_flag("--check-only", what.is_check_only, "Say what is needed and whether it is here; start nothing");
  add_common(*million, wanted);
  million->footer("script/million starts a server for it. By hand:\n"
                  "  lintel serve --max-connections 101000 --data-dir D\n"
                  "  lintel-loadgen million --connections 100000 --control D/control.sock");
  million->final_callback([&wanted, size, rooms, publishes] {
    wanted.kind = scenario_kind::million;
    if (size->count() == 0)
      wanted.connections = connections;
    if (rooms->count() == 0)
      wanted.rooms = std::max(1u, wanted.connections / members);
    if (publishes->count() == 0)
      wanted.rate = rate;
  });
}

void add_witness(CLI::App& app, scenario& wanted) {
  CLI::App* witness =
      app.add_subcommand("witness", "Chat that somebody else disturbs: phases begin by orders on stdin");
  add_size(*witness, wanted);
  add_messages(*witness, wanted);
  add_rate(*witness, wanted);
  witness->add_option("--phases", wanted.phases, "Names of the measured stretches: before,during,after")
      ->delimiter(',')
      ->required();
  witness->add_option("--latency-rooms", wanted.latency_rooms,
                      "Latencies of the rooms below this number only; default: of all");
  add_common(*witness, wanted);
  witness->footer("Prints \"joined\", then reads stdin: a phase's name begins it, any other line is a stretch that is "
                  "not measured,\nthe end of stdin ends the run. script/faults is what it is for.");
  witness->final_callback([&wanted] { wanted.kind = scenario_kind::witness; });
}

void add_churn(CLI::App& app, scenario& wanted) {
  CLI::App* churn = app.add_subcommand("churn", "Connections that come and go: nothing of them may stay in the server");
  churn_options& what = wanted.churn;
  churn->add_option("--cycles", what.cycles, "Connections, each from connect to end")->capture_default_str();
  churn->add_option("--concurrency", what.concurrency, "So many at a time")->capture_default_str();
  churn->add_option("--warm-up-cycles", what.warm_up_cycles, "Before the first look")->capture_default_str();
  churn->add_option("--rooms", wanted.rooms, "Each joins one of so many, chosen by the seed")->capture_default_str();
  add_duration(*churn, "--settle", what.settle_max, "Longest wait for the server to let go; its idle timeout and more");
  add_common(*churn, wanted);
  churn->footer("Leaves by: close frame, phx_leave, end of stream, reset; or in the middle of the handshake,\n"
                "a frame, a join, a push. script/leaks starts a server for it.");
  churn->final_callback([&wanted] { wanted.kind = scenario_kind::churn; });
}

} // namespace

std::variant<scenario, exit_with> read_command_line(int argc, const char* const* argv) {
  constexpr int bad_usage = 2;
  // Subcommands write into one scenario: their options differ, the fields do not.
  scenario wanted;
  CLI::App app{"lintel-loadgen: Phoenix clients in quantity. Measures a server, and checks what it "
               "promises.",
               "lintel-loadgen"};
  app.footer(examples);
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& problem) {
    return fmt::format("lintel-loadgen: {}\nSee lintel-loadgen --help, or lintel-loadgen SCENARIO --help.\n",
                       problem.what());
  });
  add_idle(app, wanted);
  add_chat(app, wanted);
  add_fanout(app, wanted);
  add_chaos(app, wanted);
  add_million(app, wanted);
  add_witness(app, wanted);
  add_churn(app, wanted);
  add_publish(app, wanted);
  add_recover(app, wanted);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return exit_with{app.exit(problem) == 0 ? 0 : bad_usage};
  }
  return wanted;
}

} // namespace lintel::loadgen
