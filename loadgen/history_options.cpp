#include "loadgen/history_options.hpp"

#include "loadgen/shared_options.hpp"

namespace lintel::loadgen {

namespace {

constexpr std::uint32_t rooms_default = 100;

} // namespace

void add_publish(CLI::App& app, scenario& wanted) {
  constexpr std::uint32_t connections_default = 64;
  CLI::App* publish = app.add_subcommand("publish", "Publishers in a closed loop: acknowledged messages per second");
  const auto* connections = publish->add_option("--connections", wanted.connections, "How many; default: 64");
  const auto* rooms = publish->add_option(
      "--rooms", wanted.rooms,
      "A connection pushes to every <connections>-th of them in turn, or to one, if there are fewer; default: 100");
  publish_options& what = wanted.publish;
  publish->add_option("--outstanding", what.outstanding, "Pushes of each connection that wait for their ok")
      ->capture_default_str();
  publish->add_flag("--idem", what.has_keys, "Each push has an idempotency key of its own");
  add_messages(*publish, wanted);
  const auto* prefix = add_topic_prefix(*publish, wanted)->default_str("log:");
  publish->add_option("--raw-fsync", what.raw_fsync_directory,
                      "Before and after: how often a second 4 KiB can be written and synced in this directory alone");
  publish->add_option("--kept", what.kept,
                      "So many of a topic's newest messages must be there at the end; default: 100,000 of log:, 100 of "
                      "others");
  add_measured(*publish, wanted);
  publish->footer("Examples:\n"
                  "  lintel-loadgen publish --connections 64 --outstanding 64 --raw-fsync lintel-data\n"
                  "  lintel-loadgen publish --topic-prefix room: --connections 1 --rooms 1 --idem --json\n"
                  "Nobody else may publish to these topics meanwhile.");
  publish->final_callback([&wanted, connections, rooms, prefix] {
    wanted.kind = scenario_kind::publish;
    if (connections->count() == 0)
      wanted.connections = connections_default;
    if (rooms->count() == 0)
      wanted.rooms = rooms_default;
    if (prefix->count() == 0)
      wanted.topic_prefix = "log:";
  });
}

void add_recover(CLI::App& app, scenario& wanted) {
  CLI::App* recover =
      app.add_subcommand("recover", "Everybody loses the connection, misses messages, comes back at once");
  recover_options& what = wanted.recover;
  recover->add_option("--clients", what.clients, "How many")->capture_default_str();
  recover->add_option("--missed", what.missed, "Messages of each room that they miss; at most as many as it keeps")
      ->capture_default_str();
  const auto* rooms =
      recover->add_option("--rooms", wanted.rooms, "Client c sits in room c modulo rooms; default: 100");
  recover->add_option("--at-once", what.at_once, "Handshakes under way when they come back; default: all");
  recover->add_option("--payload", wanted.payload_bytes, "Bytes of the JSON payload, at least 64")
      ->capture_default_str();
  add_topic_prefix(*recover, wanted)->capture_default_str();
  recover
      ->add_option("--bystander-rate", what.bystander_rate,
                   "Messages per second of 20 connections in 10 other rooms, which are measured before and meanwhile")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_duration(*recover, "--baseline", what.baseline, "Bystanders alone, measured before");
  add_common(*recover, wanted);
  recover->footer("Examples:\n"
                  "  lintel-loadgen recover --clients 10000 --missed 100 --control lintel-data/control.sock\n"
                  "  lintel-loadgen recover --topic-prefix log: --clients 2000 --rooms 20 --at-once 256");
  recover->final_callback([&wanted, rooms] {
    wanted.kind = scenario_kind::recover;
    wanted.rate = wanted.recover.bystander_rate;
    if (rooms->count() == 0)
      wanted.rooms = rooms_default;
  });
}

} // namespace lintel::loadgen
