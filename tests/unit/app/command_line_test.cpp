#include "app/command_line.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

using namespace lintel::app;
using namespace std::chrono_literals;
using action = command_line::action;

namespace {

/// Swallows what is printed, and keeps it.
class captured {
public:
  captured() : out_(std::cout.rdbuf(text_.rdbuf())), err_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~captured() {
    std::cout.rdbuf(out_);
    std::cerr.rdbuf(err_);
  }
  std::string text() const { return text_.str(); }

private:
  std::ostringstream text_;
  std::streambuf* out_;
  std::streambuf* err_;
};

struct parsed {
  command_line line;
  std::string printed;
};

parsed parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "lintel");
  std::vector<char*> argv;
  for (auto& a : arguments)
    argv.push_back(a.data());
  captured output;
  auto line = parse_command_line(static_cast<int>(argv.size()), argv.data());
  return {std::move(line), output.text()};
}

/// Sets a variable for the duration of a test.
class environment {
public:
  environment(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~environment() { ::unsetenv(name_); }

private:
  const char* name_;
};

std::string mistake_in(std::vector<std::string> arguments) {
  const auto result = parse(std::move(arguments));
  CHECK(result.line.what == action::done);
  CHECK(result.line.exit_code == 2);
  return result.printed;
}

} // namespace

TEST_CASE("serve without options is the built-in configuration") {
  const auto line = parse({"serve"}).line;
  CHECK(line.what == action::serve);
  CHECK(line.server.gateway.host == "127.0.0.1");
  CHECK(line.server.gateway.port == 4000);
  CHECK(line.server.topics.empty());
  CHECK(line.server.namespaces == built_in_namespaces());
  CHECK_FALSE(line.has_file);
  CHECK(line.server.gateway.deadlines.idle == 60s);
}

TEST_CASE("options of the server reach its configuration") {
  const auto line = parse({"serve",
                           "--listen",
                           "[::1]:0",
                           "--workers",
                           "3",
                           "--topic",
                           "a",
                           "--topic",
                           "b:*",
                           "--allow-origin",
                           "https://x.example",
                           "--idle-timeout",
                           "1500ms",
                           "--inbound-window",
                           "7",
                           "--data-dir",
                           "/tmp/x",
                           "--stop-deadline",
                           "99ms",
                           "--history-memory",
                           "1GiB",
                           "--history-sync-max-waiting",
                           "5000"})
                        .line;
  CHECK(line.what == action::serve);
  CHECK(line.server.gateway.host == "::1");
  CHECK(line.server.gateway.port == 0);
  CHECK(line.server.workers == 3);
  CHECK(line.server.topics == std::vector<std::string>{"a", "b:*"});
  CHECK(line.server.gateway.allowed_origins == std::vector<std::string>{"https://x.example"});
  CHECK(line.server.gateway.deadlines.idle == 1500ms);
  CHECK(line.server.gateway.connections.inbound_window == 7);
  CHECK(line.server.data_dir == "/tmp/x");
  CHECK(line.server.stop_deadline == 99ms);
  CHECK(line.server.history_memory_bytes == 1u << 30);
  CHECK(line.server.history_waiting_bytes == 5000);
}

TEST_CASE("chaos is off, and never on where others than this machine can connect") {
  CHECK_FALSE(parse({"serve"}).line.server.is_chaos_enabled);
  CHECK(parse({"serve", "--enable-chaos"}).line.server.is_chaos_enabled);
  CHECK(parse({"serve", "--enable-chaos", "--disk-faults", "f"}).line.server.disk_faults == "f");
  CHECK_THROWS_WITH(parse({"serve", "--disk-faults", "f"}), Catch::Contains("only with --enable-chaos"));
  CHECK_THROWS_WITH(parse({"serve", "--enable-chaos", "--listen", "0.0.0.0:4000", "--insecure-open"}),
                    Catch::Contains("--enable-chaos"));
}

TEST_CASE("limits of stuck handlers are durations, from the line, the environment or a file") {
  const auto built_in = parse({"serve"}).line.server;
  CHECK(built_in.stuck.warn == 100ms);
  CHECK(built_in.stuck.stack == 1s);
  CHECK(built_in.stuck.abandon == 5s);
  CHECK(built_in.stuck.abort == 10s);
  CHECK_FALSE(built_in.is_chaos_enabled);
  const environment abort{"LINTEL_STUCK_ABORT", "1m"};
  const auto path = std::filesystem::temp_directory_path() / ("lintel-stuck-" + std::to_string(::getpid()) + ".toml");
  std::ofstream{path} << "stuck-abandon = \"30s\"\nenable-chaos = true\n";
  const auto line = parse({"serve", "--stuck-warn", "50ms", "--stuck-stack", "0", "--config", path.string()}).line;
  CHECK(line.server.stuck.warn == 50ms);
  CHECK(line.server.stuck.stack == 0ms);
  CHECK(line.server.stuck.abandon == 30s);
  CHECK(line.server.stuck.abort == 60s);
  CHECK(line.server.is_chaos_enabled);
  std::filesystem::remove(path);
  for (const auto* text : {"100", "soon", "-1s", "25h"})
    CHECK(mistake_in({"serve", "--stuck-warn", text}).find("must be 0 or a time from 1ms to 24h") != std::string::npos);
  CHECK_THROWS_WITH(parse({"serve", "--stuck-warn", "2m"}), Catch::Contains("must increase"));
}

TEST_CASE("a stall is told whom, for how long and how") {
  const auto ctl = parse({"ctl", "stall", "room:a", "registry", "--for", "30s", "--busy", "--next"}).line.ctl;
  CHECK(ctl.command == "stall");
  CHECK(ctl.ids == std::vector<std::string>{"room:a", "registry"});
  CHECK(ctl.stall.length == 30s);
  CHECK(ctl.stall.is_busy);
  CHECK(ctl.stall.is_for_next);
  CHECK_FALSE(parse({"ctl", "stall", "room:a", "--for", "1s"}).line.ctl.stall.is_busy);
  CHECK_FALSE(mistake_in({"ctl", "stall", "room:a"}).empty());
  CHECK_FALSE(mistake_in({"ctl", "stall", "--for", "1s"}).empty());
}

TEST_CASE("an address that is none is a mistake that says what is wanted") {
  for (const auto* address : {"4000", "127.0.0.1", "127.0.0.1:", ""})
    CHECK(mistake_in({"serve", "--listen", address}).find("HOST:PORT") != std::string::npos);
  for (const auto* address : {"127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:4000 ", "127.0.0.1:999999"})
    CHECK(mistake_in({"serve", "--listen", address}).find("the port must be") != std::string::npos);
}

TEST_CASE("values out of range are mistakes") {
  CHECK_FALSE(mistake_in({"serve", "--idle-timeout", "0"}).empty());
  CHECK_FALSE(mistake_in({"serve", "--idle-timeout", "-5s"}).empty());
  CHECK(mistake_in({"serve", "--idle-timeout", "2d"}).find("must be a time from 1ms to 24h") != std::string::npos);
  CHECK(mistake_in({"serve", "--inbound-window", "0"}).find("must be a whole number from 1 to 65,536; got 0") !=
        std::string::npos);
  CHECK(mistake_in({"serve", "--outbox-bytes", "1MB"}).find("such as 65536, 64KiB or 1MiB") != std::string::npos);
  CHECK(mistake_in({"serve", "--io", "fast"}).find("must be auto, uring or plain; got fast") != std::string::npos);
  CHECK(mistake_in({"serve", "--topic", "a*b"}).find("one * only") != std::string::npos);
  CHECK_FALSE(mistake_in({"serve", "--workers", "many"}).empty());
  CHECK_FALSE(mistake_in({"serve", "--unknown"}).empty());
  CHECK_FALSE(mistake_in({"serve", "extra"}).empty());
  CHECK_FALSE(mistake_in({}).empty());
}

TEST_CASE("limits of zero would serve nobody and are mistakes") {
  for (const auto* option : {"--room-members", "--message-bytes"}) {
    INFO(option);
    CHECK_FALSE(mistake_in({"serve", option, "0"}).empty());
  }
}

TEST_CASE("help and version are no mistakes") {
  const auto help = parse({"--help"});
  CHECK(help.line.what == action::done);
  CHECK(help.line.exit_code == 0);
  CHECK(help.printed.find("lintel serve") != std::string::npos);
  CHECK(parse({"--version"}).printed.starts_with("lintel "));
  CHECK(parse({"serve", "--help"}).line.exit_code == 0);
}

TEST_CASE("a configuration that cannot work is refused in a sentence") {
  CHECK_THROWS_WITH(parse({"serve", "--listen", "0.0.0.0:4000"}), Catch::Contains("--insecure-open"));
  CHECK_THROWS_WITH(parse({"check-config", "--listen", ":4000"}), Catch::Contains("refusing to listen"));
  CHECK_THROWS_WITH(parse({"serve", "--workers", "65"}), Catch::Contains("at most 64"));
  CHECK(parse({"serve", "--listen", "0.0.0.0:4000", "--insecure-open"}).line.what == action::serve);
  CHECK(parse({"check-config"}).line.what == action::check_config);
}

TEST_CASE("the environment is read, and the command line beats it") {
  const environment workers{"LINTEL_WORKERS", "3"};
  const environment idle{"LINTEL_IDLE_TIMEOUT", "1234ms"};
  const auto line = parse({"serve"}).line;
  CHECK(line.server.workers == 3);
  CHECK(line.server.gateway.deadlines.idle == 1234ms);
  const auto explicit_line = parse({"serve", "--workers", "4", "--idle-timeout", "9ms"}).line;
  CHECK(explicit_line.server.workers == 4);
  CHECK(explicit_line.server.gateway.deadlines.idle == 9ms);
  CHECK(parse({"check-config", "--workers", "5"}).line.server.workers == 5);
}

TEST_CASE("a variable that is no number is a mistake") {
  const environment workers{"LINTEL_WORKERS", "many"};
  CHECK_FALSE(mistake_in({"serve"}).empty());
}

TEST_CASE("ctl names its command and whom it is about") {
  const auto kill = parse({"ctl", "--data-dir", "/tmp/x", "kill", "c0-1-0", "room:a"}).line;
  CHECK(kill.what == action::ctl);
  CHECK(kill.ctl.command == "kill");
  CHECK(kill.ctl.ids == std::vector<std::string>{"c0-1-0", "room:a"});
  CHECK(kill.ctl.data_dir == "/tmp/x");
  CHECK(parse({"ctl", "kill", "--random", "100"}).line.ctl.random == 100);
  CHECK(parse({"ctl", "crash", "--all", "rooms"}).line.ctl.all == "rooms");
  CHECK(parse({"ctl", "tree", "--json"}).line.ctl.is_json);
  CHECK(parse({"ctl", "connections", "--limit", "5"}).line.ctl.limit == 5);
}

TEST_CASE("ctl commands that contradict themselves are mistakes") {
  CHECK_FALSE(mistake_in({"ctl"}).empty());
  CHECK_FALSE(mistake_in({"ctl", "dance"}).empty());
  CHECK_FALSE(mistake_in({"ctl", "kill", "--all", "everything"}).empty());
  CHECK_FALSE(mistake_in({"ctl", "kill", "c0-1-0", "--random", "3"}).empty());
  CHECK_FALSE(mistake_in({"ctl", "kill", "--all", "rooms", "--random", "3"}).empty());
  CHECK_FALSE(mistake_in({"ctl", "connection"}).empty());
}
