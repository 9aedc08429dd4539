#include "app/namespace_view.hpp"

#include "app/namespace_config.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <sstream>

using namespace lintel::app;
using lintel::actors::namespace_rules;
using lintel::actors::role;

namespace {

namespace_rules plain() {
  namespace_rules rules;
  rules.pattern = "a";
  return rules;
}

} // namespace

TEST_CASE("namespaces are a table in the order in which they are asked") {
  auto guarded = plain();
  guarded.may_join = role::viewer;
  guarded.may_publish = role::admin;
  guarded.slow = lintel::actors::slow_policy::drop;
  guarded.publishes = {.per_second = 50, .burst = 50};
  const std::vector all{built_in_namespaces()[1], guarded};
  const auto table = namespace_table(all);
  const auto lines = [&](std::size_t at) {
    std::istringstream in{table};
    std::string line;
    for (std::size_t i = 0; i <= at; ++i)
      std::getline(in, line);
    return line;
  };
  CHECK(lines(0).starts_with("pattern  history: messages, age, bytes  presence: listed, window, linger  ephemeral"));
  CHECK(lines(1).starts_with("log:*    synced: 100,000, 30d, 64MiB    1,000, 50ms, 10s                  typing "));
  CHECK(lines(2).starts_with("a        none                           off                               none "));
  CHECK(lines(2).ends_with("drop-messages  50/1s         join: viewer, publish: admin"));
}

TEST_CASE("programs read the same with the keys of the file") {
  rapidjson::Document shown;
  shown.Parse(namespace_json(std::vector{built_in_namespaces()[0], plain()}).c_str());
  REQUIRE_FALSE(shown.HasParseError());
  const auto& all = shown["namespaces"];
  REQUIRE(all.Size() == 2);
  CHECK(std::string{all[0]["pattern"].GetString()} == "room:*");
  CHECK(std::string{all[0]["history"]["durability"].GetString()} == "memory");
  CHECK(all[0]["history"]["max-bytes"].GetUint64() == 1 << 20);
  CHECK(std::string{all[0]["presence"]["linger"].GetString()} == "10s");
  CHECK(std::string{all[0]["ephemeral-events"][0].GetString()} == "typing");
  CHECK(std::string{all[0]["permissions"]["publish"].GetString()} == "everybody");
  CHECK(all[1]["presence"].IsFalse());
  CHECK_FALSE(all[1]["history"].HasMember("max-bytes"));
  CHECK_FALSE(all[1].HasMember("publish-rate"));
}
