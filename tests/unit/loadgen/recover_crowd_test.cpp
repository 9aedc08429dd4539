#include "loadgen/recover_crowd.hpp"

#include "loadgen/cannot_run.hpp"
#include "tests/unit/loadgen/scripted_server.hpp"

using namespace lintel::loadgen;
using testing::scripted_server;

namespace {

bool is_recovery(const envelope& message) { return message.payload.find(R"("epoch":"e")") != message.payload.npos; }

/// Everybody stood at 10 and is told to have missed two messages, which `missed` sends.
scripted_server::script two_missed(std::vector<std::uint64_t> offsets) {
  return [offsets = std::move(offsets)](const envelope& message) {
    if (!is_recovery(message))
      return std::vector{scripted_server::reply(message, scripted_server::stream(10))};
    std::vector out{scripted_server::reply(message, scripted_server::stream(12, 2, true))};
    for (const std::uint64_t offset : offsets)
      out.push_back(scripted_server::message(message.topic, offset));
    return out;
  };
}

/// Three clients in two rooms that join, are lost and come back.
struct three_clients {
  explicit three_clients(scripted_server::script script) : server(std::move(script)) {}

  three_clients& lost_and_back() {
    crowd.join();
    crowd.lose();
    took = crowd.come_back(3, [this] { ++look_count; });
    return *this;
  }

  scripted_server server;
  endpoint target = server.where();
  source_addresses sources{target, 3, std::nullopt};
  recover_crowd crowd{{.clients = 3, .rooms = 2, .missed = 2, .topic_prefix = "room:"}, target, sources};
  nanoseconds took{};
  int look_count = 0;
};

} // namespace

TEST_CASE("clients that are lost come back to where they were, and wait until they have everything") {
  three_clients all{two_missed({11, 12})};
  all.lost_and_back();
  CHECK(all.crowd.verdict().complete == 3);
  CHECK(all.crowd.verdict().messages == 6);
  CHECK(all.crowd.verdict().repeated == 0);
  CHECK(all.crowd.latency().count() == 3);
  CHECK(all.crowd.failed_count() == 0);
  CHECK(all.took > nanoseconds{0});
  CHECK(all.look_count >= 1);
}

TEST_CASE("a message that is sent again behind the last one is still noticed") {
  three_clients all{two_missed({11, 12, 12})};
  all.lost_and_back();
  CHECK(all.crowd.verdict().complete == 3);
  // Each client's third message may be on its way still when the last one has its second.
  for (int turns = 0; all.crowd.verdict().repeated < 3 && turns < 1000; ++turns)
    all.crowd.rest(std::chrono::milliseconds{5});
  CHECK(all.crowd.verdict().repeated == 3);
}

TEST_CASE("a recovery that is refused is counted, and nobody waits for it") {
  three_clients all{[](const envelope& message) {
    return std::vector{is_recovery(message)
                           ? scripted_server::reply(message, R"({"reason":"storage unavailable"})", "error")
                           : scripted_server::reply(message, scripted_server::stream(10))};
  }};
  all.lost_and_back();
  CHECK(all.crowd.failed_count() == 3);
  CHECK(all.crowd.first_failure().find("storage unavailable") != std::string::npos);
  CHECK(all.crowd.verdict().complete == 0);
}

TEST_CASE("a topic that keeps nothing cannot be recovered from") {
  three_clients all{[](const envelope& message) { return std::vector{scripted_server::reply(message, "{}")}; }};
  CHECK_THROWS_WITH(all.crowd.join(), Catch::Contains("not everybody could join"));
}
