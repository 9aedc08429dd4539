#include "app/config_section.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;
using namespace std::chrono_literals;

namespace {

const auto nowhere = [](const std::string&) { return std::string{}; };

std::string only(const config_flaws& flaws) {
  REQUIRE(flaws.size() == 1);
  return std::to_string(flaws[0].line) + ": " + flaws[0].text;
}

} // namespace

TEST_CASE("what is said is set, what is not keeps its default") {
  config_flaws flaws;
  const auto table = parse_config("count = 7\nage = \"2s\"\n", flaws);
  config_section section{table, "", flaws};
  unsigned count = 1;
  unsigned other = 2;
  std::chrono::seconds age{};
  section.read("count", whole_number{1, 10}, count);
  section.read("other", whole_number{1, 10}, other);
  section.read("age", duration_range{}, age);
  section.refuse_unknown(nowhere);
  CHECK(flaws.empty());
  CHECK(count == 7);
  CHECK(other == 2);
  CHECK(age == 2s);
}

TEST_CASE("a value of another kind is a flaw with its line and its path, and changes nothing") {
  for (const auto& [toml, shown] : {std::pair{"\ncount = \"many\"", "\"many\""},
                                    {"\ncount = 11", "11"},
                                    {"\ncount = [1]", "a list"},
                                    {"\ncount = {}", "a table"}}) {
    config_flaws flaws;
    const auto table = parse_config(toml, flaws);
    config_section section{table, "history.", flaws};
    unsigned count = 1;
    section.read("count", whole_number{1, 10}, count);
    CHECK(only(flaws) == std::string{"2: history.count must be a whole number from 1 to 10; got "} + shown);
    CHECK(count == 1);
  }
}

TEST_CASE("a list is read item by item, and a value alone is a list of one") {
  const auto read = [](const char* toml, config_flaws& flaws) {
    const auto table = parse_config(toml, flaws);
    config_section section{table, "", flaws};
    std::vector<std::uint64_t> numbers{99};
    section.read("n", whole_number{1, 10}, numbers);
    return numbers;
  };
  config_flaws flaws;
  CHECK(read("n = [1, 2]", flaws) == std::vector<std::uint64_t>{1, 2});
  CHECK(read("n = 3", flaws) == std::vector<std::uint64_t>{3});
  CHECK(read("n = []", flaws).empty());
  CHECK(read("m = 1", flaws) == std::vector<std::uint64_t>{99});
  CHECK(flaws.empty());
  CHECK(read("n = [\n1,\n20]", flaws) == std::vector<std::uint64_t>{1});
  CHECK(only(flaws) == "3: n must list a whole number from 1 to 10; got 20");
}

TEST_CASE("an unknown key is a flaw that names a near one, or where it belongs") {
  config_flaws flaws;
  const auto table = parse_config("cuont = 7\nzzz = 1\nlost = 2\n", flaws);
  config_section section{table, "history.", flaws};
  section.find("count");
  section.refuse_unknown([](const std::string& key) { return key == "lost" ? "is elsewhere" : ""; });
  REQUIRE(flaws.size() == 3);
  CHECK(flaws[0].text == "history.cuont is unknown; did you mean history.count?");
  CHECK(flaws[1].text == "history.zzz is unknown");
  CHECK(flaws[2].text == "history.lost is elsewhere");
  CHECK(flaws[2].line == 3);
}
