#include "app/config_document.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <fstream>

using namespace lintel::app;
using kind = config_node::kind;

namespace {

config_node good(std::string_view toml) {
  config_flaws flaws;
  auto node = parse_config(toml, flaws);
  CHECK(flaws.empty());
  return node;
}

} // namespace

TEST_CASE("values keep their kind, their text and their line, in the order of lines") {
  const auto top = good("z = \"text\"\n\na = 1_000\nyes = true\nreal = 1.5\nday = 2026-11-23\n"
                        "list = [\n  1,\n  \"two\",\n]\n[table]\nx = 0x10\n");
  REQUIRE(top.children.size() == 7);
  const auto check = [&](std::size_t at, const char* name, kind what, const char* text, std::uint32_t line) {
    INFO(name);
    const auto& node = top.children[at];
    CHECK(node.name == name);
    CHECK(node.what == what);
    CHECK(node.text == text);
    CHECK(node.line == line);
  };
  check(0, "z", kind::text, "text", 1);
  check(1, "a", kind::number, "1000", 3);
  check(2, "yes", kind::boolean, "true", 4);
  check(3, "real", kind::number, "1.5", 5);
  check(4, "day", kind::time, "2026-11-23", 6);
  check(5, "list", kind::list, "", 7);
  check(6, "table", kind::table, "", 11);
  REQUIRE(top.children[5].children.size() == 2);
  CHECK(top.children[5].children[1].line == 9);
  CHECK(top.children[6].children.at(0).text == "16");
}

TEST_CASE("each table of a list of tables knows where it begins") {
  const auto top = good("[[namespace]]\npattern = \"a\"\n\n[[namespace]]\npattern = \"b\"\n[namespace.history]\n");
  const auto& list = top.children.at(0);
  REQUIRE(list.what == kind::list);
  REQUIRE(list.children.size() == 2);
  CHECK(list.children[0].line == 1);
  CHECK(list.children[1].line == 4);
  CHECK(list.children[1].children.at(1).line == 6);
}

TEST_CASE("what is no TOML is one flaw with its line") {
  for (const auto& [toml, line] :
       {std::pair{"a = 1\nb = \n", 2u}, {"a = 1\na = 2\n", 2u}, {"x", 1u}, {"\n\n[t\n", 3u}}) {
    INFO(toml);
    config_flaws flaws;
    CHECK(parse_config(toml, flaws).children.empty());
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].line == line);
    CHECK(flaws[0].text.starts_with("not TOML: "));
  }
}

TEST_CASE("names of tables that are none are flaws with their lines, and end nothing") {
  for (const auto* toml : {"a = 1\n[!]\nb = 2\n", "\n[[!]]", "\n[ @a]\n", "\n[=]"}) {
    INFO(toml);
    config_flaws flaws;
    CHECK(parse_config(toml, flaws).children.empty());
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].line == 2);
    CHECK(flaws[0].text.starts_with("not TOML: "));
  }
}

TEST_CASE("letters beyond ASCII are for quotes and comments") {
  CHECK(good("a = \"äöü\" # äöü").children.at(0).text == "äöü");
  for (const auto* toml : {"ä = 1", "a = ä", "a = 1 ä", "a\xc2\xb2 = 1", "a = 1\n\xb2\x96\n"}) {
    INFO(toml);
    config_flaws flaws;
    CHECK(parse_config(toml, flaws).children.empty());
    CHECK(flaws.size() == 1);
  }
}

TEST_CASE("values are shown as in the file, without what a terminal would obey, and not at length") {
  const auto shown = [](const char* toml) { return good(toml).children.at(0).shown(); };
  CHECK(shown("a = \"many\"") == "\"many\"");
  CHECK(shown("a = -5") == "-5");
  CHECK(shown("a = []") == "a list");
  CHECK(shown("a = {}") == "a table");
  CHECK(shown("a = \"\\u001b[31m\"") == "\"?[31m\"");
  const auto longest = good("a = \"" + std::string(59, 'x') + "äöü\"").children.at(0).shown();
  CHECK(longest == '"' + std::string(59, 'x') + "…\"");
}

TEST_CASE("a file that cannot be read, or is too large to be one of ours, is told by name") {
  CHECK_THROWS_WITH(read_config_file("/nowhere/lintel.toml"),
                    Catch::Contains("/nowhere/lintel.toml") && Catch::Contains("No such file"));
  CHECK_THROWS_WITH(read_config_file("/"), Catch::Contains("cannot read /"));
  const auto path = std::filesystem::temp_directory_path() / ("lintel-large-" + std::to_string(::getpid()) + ".toml");
  std::ofstream{path} << std::string((1 << 20) + 1, '#');
  CHECK_THROWS_WITH(read_config_file(path), Catch::Contains("larger than 1 MiB"));
  std::filesystem::resize_file(path, 1 << 20);
  CHECK(read_config_file(path).size() == 1 << 20);
  std::filesystem::remove(path);
}
