#include "loadgen/shared_options.hpp"

#include <fmt/format.h>

namespace lintel::loadgen {

namespace {

std::string duration_problem(const std::string& text) {
  return duration_of(text) ? std::string{}
                           : fmt::format("\"{}\" is no duration: write 30s, 500ms, 2m or a number of seconds", text);
}

} // namespace

void add_duration(CLI::App& app, const std::string& name, nanoseconds& into, const std::string& text) {
  app.add_option_function<std::string>(
         name, [&into](const std::string& given) { into = duration_of(given).value_or(into); }, text)
      ->check(CLI::Validator{duration_problem, "TIME"})
      ->default_str(fmt::format("{}s", seconds(into)));
}

void add_common(CLI::App& app, scenario& wanted) {
  app.add_option("--target", wanted.target, "HOST:PORT of the server")->capture_default_str();
  app.add_option("--threads", wanted.threads,
                 "Generator threads, each with a descriptor table of its own; default: as few as the "
                 "descriptor limit allows");
  app.add_option("--source-addresses", wanted.source_addresses,
                 "Connect from so many addresses, 127.0.0.2 and up; default: one per 10,000 connections; 0: "
                 "the kernel chooses");
  app.add_option("--seed", wanted.seed, "Of every random choice")->capture_default_str();
  app.add_option("--connect-rate", wanted.connect_rate,
                 "New connections per second; 0: 256 handshakes under way at any time")
      ->capture_default_str();
  add_duration(app, "--heartbeat-interval", wanted.heartbeat_interval, "Of every connection");
  app.add_option("--server-pid", wanted.server_pid, "Read this process's CPU and memory from /proc");
  app.add_option("--control", wanted.control_path,
                 "The server's control socket, DATA_DIR/control.sock; default: "
                 "./lintel-data/control.sock, if it exists");
  app.add_flag("--json", wanted.is_json, "Print the report as one line of JSON");
}

void add_measured(CLI::App& app, scenario& wanted) {
  add_duration(app, "--duration", wanted.duration, "How long to measure");
  add_common(app, wanted);
}

void add_size(CLI::App& app, scenario& wanted) {
  app.add_option("--connections", wanted.connections, "How many")->capture_default_str();
  app.add_option("--rooms", wanted.rooms, "Connection c joins room:<c modulo rooms>")->capture_default_str();
}

void add_messages(CLI::App& app, scenario& wanted) {
  app.add_option("--payload", wanted.payload_bytes, "Bytes of the JSON payload, at least 64")->capture_default_str();
  app.add_option("--event", wanted.event, "Event the server broadcasts to the room")->capture_default_str();
  add_duration(app, "--warm-up", wanted.warm_up, "Traffic before the measurement");
}

void add_rate(CLI::App& app, scenario& wanted) {
  app.add_option("--rate", wanted.rate, "Messages per second, all rooms together")->capture_default_str();
  add_choice<arrivals>(app, "--arrivals", wanted.spacing, {{"even", arrivals::even}, {"poisson", arrivals::poisson}},
                       "Spacing of the messages; default: poisson, as from independent clients");
}

CLI::Option* add_topic_prefix(CLI::App& app, scenario& wanted) {
  return app.add_option("--topic-prefix", wanted.topic_prefix,
                        "Room n is the topic <prefix><n>: of a server without a configuration file log: keeps its "
                        "messages on disk, room: in memory");
}

} // namespace lintel::loadgen
