#include "app/command_line.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace lintel::app;
using namespace std::chrono_literals;

namespace {

/// A configuration file for the duration of a test.
class config_file {
public:
  explicit config_file(const std::string& toml)
      : path_(std::filesystem::temp_directory_path() / ("lintel-config-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream{path_} << toml;
  }
  ~config_file() { std::filesystem::remove(path_); }

  static command_line parse_arguments(std::vector<std::string> more) {
    more.insert(more.begin(), {"lintel", "check-config"});
    std::vector<char*> argv;
    for (auto& argument : more)
      argv.push_back(argument.data());
    return parse_command_line(static_cast<int>(argv.size()), argv.data());
  }
  command_line parse(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--config", path_.string()});
    return parse_arguments(std::move(more));
  }
  /// "1: text" of each flaw, or of what has no line, the text.
  std::vector<std::string> flaws(std::vector<std::string> more = {}) const {
    std::vector<std::string> all;
    try {
      parse(std::move(more));
    } catch (const config_error& error) {
      for (const auto& [place, text] : error.sentences()) {
        CHECK((place.empty() || place.starts_with(path_.string() + ":")));
        all.push_back(place.empty() ? text : place.substr(path_.string().size() + 1) + ": " + text);
      }
    }
    return all;
  }

private:
  std::filesystem::path path_;
};

void check_flaw(const std::string& toml, const std::string& expected) {
  const auto flaws = config_file{toml}.flaws();
  INFO(toml);
  REQUIRE(flaws.size() == 1);
  CHECK(flaws[0] == expected);
}

} // namespace

TEST_CASE("options of all kinds are read from a file") {
  const config_file file{"workers = 2\nidle-timeout = \"777ms\"\nmessage-bytes = \"1KiB\"\noutbox-bytes = 4096\n"
                         "crash-budget = \"7/1m\"\nenable-chaos = true\ninsecure-open = false\nio = \"plain\"\n"
                         "topic = [\"a\", \"b:*\"]\nallow-origin = \"https://x.example\"\nlisten = \"[::1]:0\"\n"
                         "history-memory = \"1MiB\"\n"};
  const auto line = file.parse();
  const auto& server = line.server;
  CHECK(line.what == command_line::action::check_config);
  CHECK(line.has_file);
  CHECK(server.workers == 2);
  CHECK(server.gateway.deadlines.idle == 777ms);
  CHECK(server.gateway.messages.message_bytes_max == 1024);
  CHECK(server.gateway.outbox.bytes_max == 4096);
  CHECK(server.connection_budget.count_max == 7);
  CHECK(server.is_chaos_enabled);
  CHECK_FALSE(server.is_open_to_all);
  CHECK(server.gateway.io == lintel::gateway::io_path::plain);
  CHECK(server.topics == std::vector<std::string>{"a", "b:*"});
  CHECK(server.gateway.allowed_origins == std::vector<std::string>{"https://x.example"});
  CHECK(server.gateway.host == "::1");
  CHECK(server.history_memory_bytes == 1 << 20);
}

TEST_CASE("environment and arguments beat the file") {
  const config_file file{"workers = 2\nidle-timeout = \"1s\"\ntopic = [\"a\"]\n"};
  CHECK(file.parse({"--workers", "5"}).server.workers == 5);
  CHECK(file.parse({"--topic", "b"}).server.topics == std::vector<std::string>{"b"});
  ::setenv("LINTEL_WORKERS", "3", 1);
  const auto line = file.parse();
  ::unsetenv("LINTEL_WORKERS");
  CHECK(line.server.workers == 3);
  CHECK(line.server.gateway.deadlines.idle == 1s);
}

TEST_CASE("a mistake in a file names its line and what is wanted") {
  check_flaw("\nworkers = \"many\"", "2: workers must be a whole number from 0 to 100,000; got many");
  check_flaw("listen = 4000", "1: listen must be HOST:PORT, such as 127.0.0.1:4000; got 4000");
  check_flaw("enable-chaos = \"true\"", "1: enable-chaos must be true or false; got \"true\"");
  check_flaw("io = [\"auto\"]", "1: io must be one value; got a list");
  check_flaw("topic = {}", "1: topic must be a list of values; got a table");
  check_flaw("topic = [\"$sys:x\"]",
             "1: topic must not begin with $sys:, which are the server's own topics; got $sys:x");
  check_flaw("crash-budget = \"often\"",
             "1: crash-budget must be crashes/time, such as 5/10s, with at most 1000 crashes and a time from 1ms to "
             "24h; got often");
}

TEST_CASE("an unknown name is a mistake, with the one that was meant") {
  check_flaw("worker = 2", "1: worker is unknown; did you mean workers?");
  check_flaw("idle-timeout-ms = 2", "1: idle-timeout-ms is unknown; did you mean idle-timeout?");
  check_flaw("[gateway]\nx = 1", "1: gateway is unknown");
  check_flaw("help = true", "1: help is unknown");
  check_flaw("config = \"other.toml\"", "1: config is unknown");
}

TEST_CASE("options that cannot work together are told with the line of the one that the file says") {
  const config_file file{"\nmessage-bytes = \"2MiB\"\n"};
  CHECK(file.flaws().at(0).starts_with("2: --message-bytes must not exceed --outbox-bytes"));
  CHECK(file.flaws({"--message-bytes", "3MiB"}).at(0).starts_with("--message-bytes must not exceed"));
  CHECK(file.flaws({"--outbox-bytes", "3MiB"}).empty());
}

TEST_CASE("everything that is wrong is told at once, by line") {
  const config_file file{
      "worker = 2\nlisten = \"0.0.0.0:4000\"\nmessage-bytes = 0\n[[namespace]]\npattern = \"a b\"\n"};
  const auto flaws = file.flaws({"--quarantine", "2h"});
  REQUIRE(flaws.size() == 5);
  CHECK(flaws[0].starts_with("--quarantine must not"));
  CHECK(flaws[1].starts_with("1: worker"));
  CHECK(flaws[2].starts_with("2: refusing to listen"));
  CHECK(flaws[3].starts_with("3: message-bytes"));
  CHECK(flaws[4].starts_with("5: pattern"));
}

TEST_CASE("namespaces of a file replace the built-in ones, and topics narrow them") {
  const config_file file{"[[namespace]]\npattern = \"chat:*\"\npresence = true\n[[namespace]]\npattern = \"x\"\n"};
  const auto all = file.parse().server.namespaces;
  REQUIRE(all.size() == 2);
  CHECK(all[0].pattern == "chat:*");
  CHECK(all[1].pattern == "x");
  const auto some = file.parse({"--topic", "chat:*"}).server.namespaces;
  REQUIRE(some.size() == 1);
  CHECK(some[0] == all[0]);
  CHECK(file.flaws({"--topic", "*", "x"}).at(0) ==
        "--topic x can never match: --topic * before it takes all of its topics");
}

TEST_CASE("a file that is not there, or no TOML, is a mistake") {
  const config_file file{"workers ="};
  CHECK_THROWS_WITH(file.parse(), Catch::Contains(".toml:1: not TOML"));
  CHECK_THROWS_WITH(config_file::parse_arguments({"--config", "/nowhere/lintel.toml"}),
                    Catch::Contains("/nowhere/lintel.toml"));
}

TEST_CASE("what was said is kept by name, wherever it was said") {
  const config_file file{"workers = 2\ntopic = [\"a\", \"b\"]\n"};
  const auto said = file.parse({"--io", "plain", "--insecure-open"}).server.said;
  CHECK(said.size() == 4);
  CHECK(said.at("workers") == "2 ");
  CHECK(said.at("topic") == "a b ");
  CHECK(said.at("io") == "plain ");
  CHECK(said.contains("insecure-open"));
}
