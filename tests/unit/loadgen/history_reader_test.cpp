#include "loadgen/history_reader.hpp"

#include "tests/unit/loadgen/scripted_server.hpp"

using namespace lintel::loadgen;
using testing::scripted_server;

TEST_CASE("a history is read page by page, over all rooms, until the newest message of ours") {
  scripted_server server{[](const envelope& message) -> std::vector<std::string> {
    if (message.event != "history")
      return {scripted_server::reply(message, "{}")};
    const std::uint64_t after = message.payload.starts_with(R"({"after":0,)") ? 0 : 1;
    return {scripted_server::reply(
        message, fmt::format(R"({{"epoch":"e","offset":2,"messages":[{{"offset":{0},"at":1,"event":"new_msg",)"
                             R"("payload":{{"s":1,"n":{0},"t":1,"p":""}}}}]}})",
                             after + 1))};
  }};
  const endpoint target = server.where();
  const source_addresses sources{target, 1, std::nullopt};
  offset_ledger ledger{6};
  for (std::uint32_t room = 0; room < 6; ++room) {
    ledger.begin(room, 0);
    ledger.acknowledge(room, 1, {1, 1});
    ledger.acknowledge(room, 2, {1, 2});
  }
  history_reader reader{{.rooms = 6, .topic_prefix = "log:"}, target, sources, ledger};
  CHECK(reader.read_all().empty());
  CHECK(reader.messages_read() == 12);
  CHECK(ledger.judge(100).read_back == 12);
  CHECK(ledger.judge(100).missing == 0);
}

TEST_CASE("who is told to ask again later does") {
  scripted_server server{[asked = 0](const envelope& message) mutable -> std::vector<std::string> {
    if (message.event != "history")
      return {scripted_server::reply(message, "{}")};
    if (++asked < 3)
      return {scripted_server::reply(message, R"({"reason":"rate limited","retry_after_ms":1})", "error")};
    return {scripted_server::reply(message, R"({"epoch":"e","offset":0,"messages":[]})")};
  }};
  const endpoint target = server.where();
  const source_addresses sources{target, 1, std::nullopt};
  offset_ledger ledger{1};
  history_reader reader{{.rooms = 1, .topic_prefix = "log:"}, target, sources, ledger};
  CHECK(reader.read_all().empty());
}

TEST_CASE("a history that is refused is a problem, not an empty one") {
  scripted_server server{[](const envelope& message) {
    return std::vector{scripted_server::reply(message, R"({"reason":"unauthorized"})", "error")};
  }};
  const endpoint target = server.where();
  const source_addresses sources{target, 1, std::nullopt};
  offset_ledger ledger{1};
  history_reader reader{{.rooms = 1, .topic_prefix = "log:"}, target, sources, ledger};
  CHECK(reader.read_all().find("unauthorized") != std::string::npos);
}
