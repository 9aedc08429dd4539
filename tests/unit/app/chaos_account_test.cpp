#include "app/chaos_account.hpp"

#include "tests/support/captured_log.hpp"
#include "tests/support/running_server.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <atomic>
#include <thread>

using namespace lintel::testing;
using lintel::app::chaos_account;

namespace {

rapidjson::Document result_of(running_server& world, const std::string& request) {
  rapidjson::Document answer;
  answer.Parse(world.ask(request).c_str());
  REQUIRE(answer.IsObject());
  REQUIRE(answer["ok"].GetBool());
  rapidjson::Document result;
  result.CopyFrom(answer["result"], result.GetAllocator());
  return result;
}

// What other threads do about an order is not told to us.
bool restarts_become(running_server& world, std::uint64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline)
    if (result_of(world, R"({"command":"chaos"})")["restarts"].GetUint64() == count)
      return true;
  return false;
}

} // namespace

TEST_CASE("an account begins with the first order, and says what came of it") {
  running_server world;
  CHECK(result_of(world, R"({"command":"chaos"})")["began_at_ms"].IsNull());
  result_of(world, R"({"command":"kill","id":"registry"})");
  REQUIRE(restarts_become(world, 1));
  const auto account = result_of(world, R"({"command":"chaos"})");
  CHECK(account["kills"].GetUint64() == 1);
  CHECK(account["crashes"].GetUint64() == 0);
  CHECK(account["sockets_closed_by_server"].GetUint64() == 0);
  CHECK(account["closed"].ObjectEmpty());
  CHECK(account["recovery"]["count"].GetUint64() == 1);
}

TEST_CASE("a new account knows nothing of the one before") {
  running_server world;
  result_of(world, R"({"command":"kill","id":"registry"})");
  REQUIRE(restarts_become(world, 1));
  CHECK(result_of(world, R"({"command":"chaos","reset":true})")["began_at_ms"].IsNull());
  result_of(world, R"({"command":"crash","id":"registry"})");
  REQUIRE(restarts_become(world, 1));
  const auto account = result_of(world, R"({"command":"chaos"})");
  CHECK(account["kills"].GetUint64() == 0);
  CHECK(account["crashes"].GetUint64() == 1);
}

TEST_CASE("an order that nobody can carry out begins no account") {
  running_server world;
  for (const auto* order :
       {R"({"command":"kill","id":"room:mistyped"})", R"({"command":"crash"})", R"({"command":"kill","all":"actors"})",
        R"({"command":"kill","random":10})", R"({"command":"poison","id":"registry"})"}) {
    world.ask(order);
    CHECK(result_of(world, R"({"command":"chaos"})")["began_at_ms"].IsNull());
  }
}

TEST_CASE("kills at a rate are counted in the log when they end, under the name of who ordered them") {
  auto world = std::make_unique<running_server>();
  captured_log log;
  auto client = world->connect();
  result_of(*world, R"({"command":"chaos","rate":100})");
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (result_of(*world, R"({"command":"counters"})")["kills"].GetUint64() == 0)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  CHECK(world->server().stop()); // the rate stands: the server's end is theirs, too
  world.reset();
  const auto text = log.text();
  const auto at = text.find("audit action=chaos_kill whom=\"random connections\" count=");
  REQUIRE(at != std::string::npos);
  CHECK(text.find("role=admin source=\"control socket\"", at) != std::string::npos);
}

TEST_CASE("a rate is a whole number within bounds") {
  running_server world;
  for (const auto* rate : {"-1", "1.5", "100001", "\"5\"", "null"})
    CHECK(world.ask(std::string{R"({"command":"chaos","rate":)"} + rate + '}').find("must be a whole number") !=
          std::string::npos);
  CHECK(result_of(world, R"({"command":"chaos","rate":50})")["rate"].GetUint64() == 50);
  CHECK(result_of(world, R"({"command":"chaos","rate":0})")["rate"].GetUint64() == 0);
}

TEST_CASE("whoever waits for a rate gets it, and none when the server stops") {
  chaos_account account;
  std::atomic<std::uint32_t> got{1};
  std::thread waiting{[&] {
    got = account.await_rate();
    account.set_rate(0, "test");
    got = account.await_rate();
  }};
  account.set_rate(7, "test");
  while (account.rate() != 0)
    std::this_thread::yield();
  CHECK(got == 7);
  account.stop();
  waiting.join();
  CHECK(got == 0);
  account.set_rate(9, "test");
  CHECK(account.rate() == 0);
}
