#include "loadgen/report.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <limits>

using namespace lintel::loadgen;

namespace {

report example() {
  report found{"chat"};
  found.setting("target", "127.0.0.1:4000");
  found.figure("delivery_p99_us", 1234.5);
  found.note("a \"note\"");
  found.check("messages lost", report::verdict::passed, "0");
  return found;
}

rapidjson::Document parsed(const report& found) {
  rapidjson::Document document;
  document.Parse(found.json().c_str());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

} // namespace

TEST_CASE("the JSON of a report holds settings, figures, notes and checks") {
  const auto json = parsed(example());
  CHECK(json["scenario"] == "chat");
  CHECK(json["ok"].GetBool());
  CHECK(json["withheld"].IsNull());
  CHECK(json["settings"]["target"] == "127.0.0.1:4000");
  CHECK(json["figures"]["delivery_p99_us"].GetDouble() == 1234.5);
  CHECK(json["notes"][0] == "a \"note\"");
  CHECK(json["checks"][0]["name"] == "messages lost");
  CHECK(json["checks"][0]["passed"].GetBool());
}

TEST_CASE("the JSON of a report is one line") {
  CHECK(example().json().find('\n') == std::string::npos);
}

TEST_CASE("one failed check fails the run") {
  report found = example();
  CHECK(found.exit_code() == 0);
  found.check("messages duplicated", report::verdict::failed, "3");
  CHECK(found.exit_code() == 1);
  CHECK_FALSE(parsed(found)["ok"].GetBool());
  CHECK(found.text().find("FAIL  messages duplicated: 3") != std::string::npos);
}

TEST_CASE("withheld figures appear nowhere, the checks still do, and the run fails") {
  report found = example();
  found.withhold_figures("the generator was busy");
  CHECK(found.exit_code() == 1);
  CHECK(found.text().find("delivery_p99_us") == std::string::npos);
  CHECK(found.text().find("no figures: the generator was busy") != std::string::npos);
  CHECK(found.text().find("PASS  messages lost") != std::string::npos);
  const auto json = parsed(found);
  CHECK(json["figures"].ObjectEmpty());
  CHECK(json["withheld"] == "the generator was busy");
}

TEST_CASE("a figure that is no number is null, not broken JSON") {
  report found{"idle"};
  found.figure("share", std::numeric_limits<double>::quiet_NaN());
  CHECK(parsed(found)["figures"]["share"].IsNull());
}

TEST_CASE("large numbers are grouped for people") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
}

TEST_CASE("rows are a table in Markdown at the end of the text, and withheld with the figures") {
  report found = example();
  found.row("connections", "1,000");
  CHECK(found.text().ends_with("\n| what | measured |\n|---|---|\n| connections | 1,000 |\n"));
  found.withhold_figures("too busy");
  CHECK(found.text().find("| connections |") == std::string::npos);
}
