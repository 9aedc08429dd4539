#include "app/namespace_config.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;
using namespace std::chrono_literals;
using lintel::actors::durability;
using lintel::actors::namespace_rules;
using lintel::actors::role;
using lintel::actors::slow_policy;

namespace {

using rule_list = std::vector<namespace_rules>;

struct outcome {
  rule_list all;
  std::vector<std::string> flaws;
};

outcome read(const std::string& toml) {
  config_flaws flaws;
  const auto document = parse_config(toml, flaws);
  const std::vector<std::string> options{"workers", "listen"};
  auto all = read_namespaces(document, options, flaws);
  REQUIRE(all);
  outcome result{*std::move(all), {}};
  for (const auto& flaw : flaws)
    result.flaws.push_back(std::to_string(flaw.line) + ": " + flaw.text);
  return result;
}

namespace_rules good(const std::string& toml) {
  const auto result = read("[[namespace]]\npattern = \"chat:*\"\n" + toml);
  CHECK(result.flaws.empty());
  REQUIRE(result.all.size() == 1);
  return result.all[0];
}

// Of a namespace whose table begins in line 1 and has its pattern in line 2.
void check_flaw(const std::string& toml, const std::string& begin) {
  const auto result = read("[[namespace]]\npattern = \"chat:*\"\n" + toml);
  INFO(toml);
  REQUIRE(result.flaws.size() == 1);
  INFO(result.flaws[0]);
  CHECK(result.flaws[0].starts_with(begin));
}

} // namespace

TEST_CASE("a namespace that says nothing but its pattern relays, for everybody") {
  const auto rules = good("");
  namespace_rules plain;
  plain.pattern = "chat:*";
  CHECK(rules == plain);
  CHECK(rules.history.kept == durability::none);
  CHECK_FALSE(rules.presence.is_on);
}

TEST_CASE("everything that a namespace can say is read") {
  const auto rules = good(R"(
ephemeral-events = ["typing", "cursor"]
publish-rate = "600/1m"
[namespace.history]
durability = "synced"
max-messages = 5
max-age = "30d"
max-bytes = "1MiB"
[namespace.presence]
max-listed = 7
diff-window = "20ms"
linger = "1m"
[namespace.permissions]
join = "viewer"
publish = "admin"
read-history = "viewer"
see-presence = "everybody"
)");
  CHECK(rules.ephemeral == std::vector<std::string>{"typing", "cursor"});
  CHECK(rules.publishes.per_second == 10);
  CHECK(rules.publishes.burst == 600);
  CHECK(rules.history.kept == durability::synced);
  CHECK(rules.history.keep.count_max == 5);
  CHECK(rules.history.keep.age_max == 720h);
  CHECK(rules.history.keep.bytes_max == 1 << 20);
  CHECK(rules.presence.is_on);
  CHECK(rules.presence.listed_max == 7);
  CHECK(rules.presence.window == 20ms);
  CHECK(rules.presence.linger == 1min);
  CHECK(rules.may_join == role::viewer);
  CHECK(rules.may_publish == role::admin);
  CHECK(rules.may_read_history == role::viewer);
  CHECK(rules.may_see_presence == role::none);
  CHECK(good("slow-client = \"drop-messages\"").slow == slow_policy::drop);
}

TEST_CASE("a table of history or presence turns it on with defaults") {
  CHECK(good("[namespace.history]").history.kept == durability::memory);
  CHECK(good("[namespace.history]").history.keep == lintel::history::retention{});
  CHECK(good("[namespace.presence]").presence.is_on);
  CHECK(good("presence = true").presence == good("[namespace.presence]").presence);
  CHECK_FALSE(good("presence = false").presence.is_on);
}

TEST_CASE("limits of nothing, and values of another kind, are flaws with their lines") {
  check_flaw("[namespace.history]\nmax-messages = \"many\"",
             "4: history.max-messages must be a whole number from 1 to 1,000,000; got \"many\"");
  check_flaw("[namespace.history]\nmax-messages = 0", "4: history.max-messages must be");
  check_flaw("[namespace.history]\nmax-age = \"0s\"", "4: history.max-age must be a time from 1s to 3650d");
  check_flaw("[namespace.history]\nmax-age = \"1500ms\"", "4: history.max-age must be");
  check_flaw("[namespace.history]\nmax-bytes = 0", "4: history.max-bytes must be a number of bytes");
  check_flaw("[namespace.history]\ndurability = \"disk\"",
             "4: history.durability must be none, memory, written or synced; got \"disk\"");
  check_flaw("[namespace.presence]\nmax-listed = 0", "4: presence.max-listed must be");
  check_flaw("[namespace.presence]\ndiff-window = \"0s\"", "4: presence.diff-window must be");
  check_flaw("[namespace.permissions]\njoin = \"nobody\"",
             "4: permissions.join must be everybody, viewer or admin; got \"nobody\"");
  check_flaw("presence = 1", "3: presence must be true, false or a table");
  check_flaw("history = \"memory\"", "3: history must be a table: [namespace.history]");
  for (const auto* text : {"\"50\"", "\"0/1s\"", "\"1/10s\"", "\"90/1m\"", "50", "\"1000001/1s\"", "\"2000000/1ms\""})
    check_flaw("publish-rate = " + std::string{text}, "3: publish-rate must be messages/time");
}

TEST_CASE("a presence that would forget before it has told is refused") {
  check_flaw("[namespace.presence]\ndiff-window = \"2s\"\nlinger = \"1s\"", "3: presence.linger must be 0, or not");
  CHECK(good("[namespace.presence]\ndiff-window = \"2s\"\nlinger = 0").presence.linger == 0ms);
  CHECK(good("[namespace.presence]\ndiff-window = \"2s\"\nlinger = \"2s\"").presence.linger == 2s);
}

TEST_CASE("where there is history, slow clients miss nothing") {
  for (const auto* kept : {"memory", "written", "synced"})
    check_flaw("slow-client = \"drop-messages\"\nhistory.durability = \"" + std::string{kept} + "\"",
               "3: slow-client must be \"disconnect\" where there is history");
  CHECK(good("slow-client = \"drop-messages\"\nhistory.durability = \"none\"").slow == slow_policy::drop);
}

TEST_CASE("ephemeral events are events that clients push, each once") {
  check_flaw("ephemeral-events = [\"phx_join\"]", "3: ephemeral-events must list events");
  check_flaw("ephemeral-events = [\"presence_diff\"]", "3: ephemeral-events must list events");
  check_flaw("ephemeral-events = [\"\"]", "3: ephemeral-events must list events");
  check_flaw("ephemeral-events = [\"two words\"]", "3: ephemeral-events must list events");
  check_flaw("ephemeral-events = [\"a\", \"b\", \"a\"]", "3: ephemeral-events names a twice");
}

TEST_CASE("keys in the wrong place are told where they belong") {
  check_flaw("workers = 3", "3: workers is no key of a namespace but an option of the server");
  check_flaw("[namespace.history]\nslow-client = \"disconnect\"",
             "4: history.slow-client is unknown; slow-client belongs to the namespace itself");
  check_flaw("[namespace.history]\nmax-mesages = 3",
             "4: history.max-mesages is unknown; did you mean history.max-messages?");
  check_flaw("slow-clients = 3", "3: slow-clients is unknown; did you mean slow-client?");
}

TEST_CASE("a pattern is a topic, or the beginning of some") {
  for (const auto* pattern : {"room:lobby", "room:*", "*", "a", "$stats", "$*"}) {
    INFO(pattern);
    CHECK(flaw_in_pattern(pattern).empty());
  }
  CHECK(flaw_in_pattern(std::string(255, 'x') + "*").empty());
  for (const auto& pattern :
       {std::string{}, std::string{"room *"}, std::string{"a,b"}, std::string{"\xc3\xa4"}, std::string(256, 'x')}) {
    INFO(pattern);
    CHECK(flaw_in_pattern(pattern).starts_with("must be a topic"));
  }
  for (const auto* pattern : {"a*b", "*a", "**", "a*:*"})
    CHECK(flaw_in_pattern(pattern) == "may have one * only, at its end");
  for (const auto* pattern : {"$sys:tree", "$sys:*"})
    CHECK(flaw_in_pattern(pattern).find("the server's own") != std::string::npos);
}

TEST_CASE("a namespace without a pattern, or with one that is none, is a flaw") {
  CHECK(
      read("\n[[namespace]]\nslow-client = \"disconnect\"").flaws.at(0).starts_with("2: a namespace needs a pattern"));
  CHECK(read("[[namespace]]\npattern = 3").flaws.at(0) == "2: pattern must be topics, such as \"room:*\"; got 3");
  CHECK(read("[[namespace]]\npattern = \"a*b\"").flaws.at(0) ==
        "2: pattern may have one * only, at its end; got \"a*b\"");
}

TEST_CASE("a pattern that an earlier one covers is a flaw, in the other order it is none") {
  const auto in_order = [](const char* first, const char* second) {
    return read("[[namespace]]\npattern = \"" + std::string{first} + "\"\n[[namespace]]\npattern = \"" + second + "\"")
        .flaws;
  };
  CHECK(in_order("room:*", "room:lobby").at(0).starts_with("4: pattern \"room:lobby\" can never match: \"room:*\""));
  CHECK(in_order("*", "room:*").at(0).starts_with("4: pattern \"room:*\" can never match: \"*\""));
  CHECK(in_order("room:*", "room:*").at(0) == "4: pattern \"room:*\" stands here a second time");
  CHECK(in_order("a", "a").at(0) == "4: pattern \"a\" stands here a second time");
  CHECK(in_order("room:lobby", "room:*").empty());
  CHECK(in_order("room:a*", "room:b*").empty());
  CHECK(in_order("room", "room:*").empty());
}

TEST_CASE("namespaces are tables in double brackets, and some") {
  config_flaws flaws;
  CHECK_FALSE(read_namespaces(parse_config("workers = 3", flaws), {}, flaws));
  CHECK(flaws.empty());
  for (const auto* toml : {"namespace = []", "[namespace]\npattern = \"a\"", "namespace = 3", "namespace = [3]"}) {
    INFO(toml);
    REQUIRE(read(toml).flaws.size() == 1);
    CHECK(read(toml).flaws[0].starts_with("1: namespace must be written [[namespace]]"));
  }
  std::string many;
  for (int i = 0; i <= 1000; ++i)
    many += "[[namespace]]\npattern = \"n" + std::to_string(i) + ":*\"\n";
  CHECK(read(many).flaws.size() == 1);
}

TEST_CASE("all flaws of all namespaces are found at once") {
  CHECK(read("[[namespace]]\nx = 1\n[[namespace]]\npattern = \"a\"\npresence = 3\npublish-rate = 1\n").flaws.size() ==
        4);
}

TEST_CASE("a publish rate is said as it was given") {
  for (const auto* text : {"50/1s", "600/1m", "25/500ms", "1/1s"})
    CHECK(publish_rate{}.text(*publish_rate{}.read(text)) == text);
  CHECK(publish_rate{}.text({}) == "none");
}
