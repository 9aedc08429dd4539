#include "app/config_reload.hpp"

#include "tests/support/captured_log.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;
using lintel::actors::durability;
using lintel::actors::namespace_rules;
using lintel::actors::namespaces;

namespace {

using names = std::vector<std::string>;

namespace_rules rules(const std::string& pattern, durability kept = durability::none) {
  namespace_rules one;
  one.pattern = pattern;
  one.history.kept = kept;
  return one;
}

/// A server that runs with some namespaces and options, as far as a reload is concerned.
struct stage {
  explicit stage(std::vector<namespace_rules> all, names rooms = {})
      : running(config_of(std::move(all))), topics(running.namespaces), live(std::move(rooms)) {}

  static server_config config_of(std::vector<namespace_rules> all) {
    server_config config;
    config.namespaces = std::move(all);
    return config;
  }

  const server_config running;
  namespaces topics;
  names live;
  config_reload reloads{running, topics, [this] { return live; }};
};

} // namespace

TEST_CASE("namespaces that are new, changed and gone hold from the next join on") {
  stage server{{rules("a"), rules("b"), rules("c")}};
  auto changed = rules("b");
  changed.ephemeral = {"typing"};
  const auto report = server.reloads.apply(stage::config_of({rules("a"), changed, rules("d")}));
  CHECK(report.applied == names{"b changed", "d added", "c removed"});
  CHECK(report.needs_restart.empty());
  CHECK(server.topics.find("b")->is_ephemeral("typing"));
  CHECK(server.topics.find("d"));
  CHECK_FALSE(server.topics.find("c"));
}

TEST_CASE("another order of the same namespaces is a change") {
  stage server{{rules("a:1"), rules("a:*")}};
  CHECK(server.reloads.apply(stage::config_of({rules("a:*"), rules("a:1")})).applied == names{"order changed"});
  CHECK(server.topics.find("a:1")->pattern == "a:*");
  CHECK(server.reloads.apply(stage::config_of({rules("b"), rules("a:*"), rules("a:1")})).applied == names{"b added"});
}

TEST_CASE("a configuration that is the same changes nothing") {
  stage server{{rules("a")}};
  const auto before = server.topics.find("a");
  const auto report = server.reloads.apply(server.running);
  CHECK(report.applied.empty());
  CHECK(report.needs_restart.empty());
  CHECK(server.topics.find("a") == before);
}

TEST_CASE("options that are different, new or gone need a restart, and go on doing so") {
  server_config running;
  running.said = {{"listen", "a "}, {"workers", "2 "}, {"io", "auto "}, {"topic", "x "}};
  namespaces topics{running.namespaces};
  config_reload reloads{running, topics, [] { return names{}; }};
  auto next = running;
  next.said = {{"listen", "b "}, {"workers", "2 "}, {"max-connections", "9 "}, {"topic", "y "}};
  for (int i = 0; i < 2; ++i)
    CHECK(reloads.apply(next).needs_restart == names{"io", "listen", "max-connections"});
}

TEST_CASE("what rooms that live keep, they keep where they do") {
  stage server{{rules("a:*", durability::memory), rules("b", durability::none), rules("log", durability::synced)},
               {"a:1", "a:2", "elsewhere"}};
  auto a = rules("a:*", durability::synced);
  a.history.keep.count_max = 7;
  const auto next = stage::config_of({a, rules("b", durability::written), rules("log", durability::synced)});
  const auto report = server.reloads.apply(next);
  CHECK(report.needs_restart == names{"history.durability of a:*"});
  CHECK(report.applied == names{"a:* changed", "b changed"});
  CHECK(server.topics.find("a:1")->history.kept == durability::memory);
  CHECK(server.topics.find("a:1")->history.keep.count_max == 7);
  CHECK(server.topics.find("b")->history.kept == durability::written);
  server.live.clear();
  CHECK(server.reloads.apply(next).needs_restart.empty());
  CHECK(server.topics.find("a:1")->history.kept == durability::synced);
}

TEST_CASE("rooms that come under another pattern keep where they did, and lose nothing silently") {
  stage server{{rules("a:*", durability::memory)}, {"a:1", "a:2"}};
  auto dropping = rules("a:1");
  dropping.slow = lintel::actors::slow_policy::drop;
  const auto report = server.reloads.apply(stage::config_of({dropping, rules("a:*", durability::memory)}));
  CHECK(report.needs_restart == names{"history.durability of a:1"});
  CHECK(server.topics.find("a:1")->history.kept == durability::memory);
  CHECK(server.topics.find("a:1")->slow == lintel::actors::slow_policy::disconnect);
}

TEST_CASE("a server that was started without a log keeps nothing on disk before it is restarted") {
  stage server{{rules("a", durability::memory), rules("b:*")}};
  auto a = rules("a", durability::synced);
  a.ephemeral = {"typing"};
  const auto next = stage::config_of({a, rules("b:1", durability::written), rules("b:*"), rules("c")});
  const auto report = server.reloads.apply(next);
  CHECK(report.needs_restart == names{"history.durability of a", "namespace b:1"});
  CHECK(report.applied == names{"a changed", "c added"});
  CHECK(server.topics.find("a")->history.kept == durability::memory);
  CHECK(server.topics.find("b:1")->pattern == "b:*");
}

TEST_CASE("a configuration that cannot be read changes nothing, and the log says why with the line") {
  stage server{{rules("a")}};
  const auto before = server.topics.find("a");
  server.reloads.set_reader([]() -> server_config { throw config_error{"lintel.toml", {{12, "x must be y"}}}; });
  lintel::testing::captured_log log;
  CHECK_THROWS_WITH(server.reloads.read_again(), "lintel.toml:12: x must be y");
  CHECK(log.text().find("reload: lintel.toml:12: x must be y") != std::string::npos);
  CHECK(log.text().find("nothing was changed") != std::string::npos);
  CHECK(server.topics.find("a") == before);
}

TEST_CASE("where there is no file there is nothing to read again") {
  stage server{{rules("a")}};
  CHECK_THROWS_WITH(server.reloads.read_again(), Catch::Contains("without --config"));
}

TEST_CASE("one line of the log names what needs a restart") {
  server_config running;
  running.said = {{"listen", "a "}, {"io", "auto "}};
  namespaces topics{running.namespaces};
  config_reload reloads{running, topics, [] { return names{}; }};
  reloads.set_reader([] { return server_config{}; });
  lintel::testing::captured_log log;
  reloads.read_again();
  CHECK(log.text().find("reload: io, listen: needs a restart") != std::string::npos);
}
