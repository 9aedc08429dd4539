#include "loadgen/publisher.hpp"

#include "loadgen/cannot_run.hpp"
#include "tests/unit/loadgen/scripted_server.hpp"

#include <set>

using namespace lintel::loadgen;
using testing::scripted_server;

namespace {

/// Answers joins with the stream's position 0, and pushes by `answer`.
scripted_server::script script_of(std::function<std::vector<std::string>(const envelope&, std::uint64_t)> answer) {
  return [answer = std::move(answer), count = std::uint64_t{0}](const envelope& message) mutable {
    if (message.event == "phx_join")
      return std::vector{scripted_server::reply(message, scripted_server::stream(0))};
    return answer(message, ++count);
  };
}

std::vector<std::string> offset_and_echo(const envelope& message, std::uint64_t offset) {
  return {scripted_server::message(message.topic, offset, message.payload),
          scripted_server::reply(message, fmt::format(R"({{"offset":{}}})", offset))};
}

/// One connection that pushes four messages to one room.
struct four_pushes {
  explicit four_pushes(scripted_server::script script) : server(std::move(script)) {
    crowd.join();
    crowd.measure(&figures);
    crowd.begin();
    crowd.finish();
  }

  scripted_server server;
  endpoint target = server.where();
  source_addresses sources{target, 1, std::nullopt};
  offset_ledger ledger{1};
  publish_figures figures;
  publisher crowd{{.outstanding = 2, .topic_prefix = "log:", .key_prefix = "k", .messages_per_channel = 4},
                  target,
                  sources,
                  ledger};
};

} // namespace

TEST_CASE("publishers push as many messages as they shall, and hear every offset") {
  const four_pushes run{script_of(offset_and_echo)};
  CHECK(run.crowd.is_done());
  CHECK(run.crowd.pushed_count() == 4);
  CHECK(run.crowd.unanswered_count() == 0);
  CHECK(run.crowd.faults().first_example.empty());
  CHECK(run.figures.acknowledged == 4);
  CHECK(run.figures.deliveries == 4);
  CHECK(run.figures.latency.count() == 4);
  CHECK(run.ledger.newest(0) == 4);
  CHECK(run.ledger.judge(0).acknowledged == 4);
  CHECK(run.ledger.judge(0).holes == 0);
}

TEST_CASE("every push has a key of its own") {
  std::set<std::string> payloads;
  const four_pushes run{script_of([&](const envelope& message, std::uint64_t offset) {
    payloads.emplace(message.payload.substr(message.payload.find(R"("idem":"k-0-)"), 16));
    return offset_and_echo(message, offset);
  })};
  CHECK(payloads.size() == 4);
}

TEST_CASE("an error, a duplicate and an answer without an offset are faults, each of its own kind") {
  const four_pushes run{script_of([](const envelope& message, std::uint64_t count) -> std::vector<std::string> {
    switch (count) {
    case 1: return {scripted_server::reply(message, R"({"reason":"overloaded"})", "error")};
    case 2: return {scripted_server::reply(message, R"({"offset":1,"duplicate":true})")};
    case 3: return {scripted_server::reply(message, "{}")};
    default: return {scripted_server::reply(message, R"({"offset":1})")};
    }
  })};
  CHECK(run.crowd.faults().refused == 1);
  CHECK(run.crowd.faults().duplicates == 1);
  CHECK(run.crowd.faults().without_offset == 1);
  CHECK(run.ledger.judge(0).acknowledged == 1);
  CHECK(run.crowd.faults().first_example.find("overloaded") != std::string::npos);
}

TEST_CASE("a delivery whose offset is not the next one is noticed") {
  const four_pushes run{script_of([](const envelope& message, std::uint64_t offset) {
    return std::vector{scripted_server::message(message.topic, offset == 3 ? 2 : offset),
                       scripted_server::reply(message, fmt::format(R"({{"offset":{}}})", offset))};
  })};
  CHECK(run.crowd.faults().out_of_order == 2); // the one that comes again, and the one behind it
}

TEST_CASE("a topic that keeps nothing is refused in a sentence") {
  scripted_server server{[](const envelope& message) { return std::vector{scripted_server::reply(message, "{}")}; }};
  const endpoint target = server.where();
  const source_addresses sources{target, 1, std::nullopt};
  offset_ledger ledger{1};
  publisher crowd{{.topic_prefix = "room:"}, target, sources, ledger};
  CHECK_THROWS_WITH(crowd.join(), Catch::Contains("room:0 keeps no messages"));
}
