// What a room is asked about what was said: pages, acknowledgements, and to begin anew.

#include "tests/support/history_world.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::actors::process_status;
using lintel::actors::room_request;
using lines = std::vector<std::string>;
using order_of = room_request::order;

namespace {

constexpr auto kill = control_letter::order::kill;

/// The offsets of the messages in an answer to `history`.
std::string offsets_in(const std::string& page) {
  std::string found;
  const std::string before = R"({"offset":)";
  for (auto at = page.find(before); at != std::string::npos; at = page.find(before, at + 1))
    found += (found.empty() ? "" : " ") + page.substr(at + before.size(), page.find(',', at) - at - before.size());
  return found;
}

/// Each from another member: one alone is slowed down.
connection_id somebody_else() {
  static std::uint32_t slot = 100;
  return history_world::member(++slot);
}

std::string page(history_world& world, const std::string& topic, std::string_view query) {
  return offsets_in(world.said(topic, "history", query, somebody_else()));
}

void fill(history_world& world, const std::string& topic, int count) {
  for (int i = 0; i < count; ++i)
    world.push(topic, "said");
  world.next(static_cast<std::size_t>(count));
}

std::string recovering(const std::string& epoch, std::uint64_t offset) {
  return R"({"recover":{"epoch":")" + epoch + R"(","offset":)" + std::to_string(offset) + "}}";
}

std::string epoch_in(const std::string& text) {
  const std::string before = R"("epoch":")";
  const auto at = text.find(before) + before.size();
  return text.substr(at, text.find('"', at) - at);
}

} // namespace

TEST_CASE("a page is the newest messages, or those behind or before an offset") {
  const std::string topic = GENERATE("room:a", "log:a");
  history_world world;
  world.join(topic);
  CHECK(world.said(topic, "history").ends_with(R"("offset":0,"messages":[]})"));
  fill(world, topic, 8);
  CHECK(page(world, topic, "{}") == "1 2 3 4 5 6 7 8");
  CHECK(page(world, topic, R"({"limit":3})") == "6 7 8");
  CHECK(page(world, topic, R"({"before":4,"limit":2})") == "2 3");
  CHECK(page(world, topic, R"({"after":4,"limit":2})") == "5 6");
  CHECK(page(world, topic, R"({"after":8})").empty());
  CHECK(page(world, topic, R"({"before":1})").empty());
  CHECK(page(world, topic, R"({"after":9007199254740991})").empty());
  CHECK(page(world, topic, R"({"before":9007199254740991,"limit":1})") == "8");
  CHECK(world.said(topic, "history", R"({"limit":0})") == "0 settled history: invalid query");
}

TEST_CASE("a page says what was said, when, and where the history stands") {
  history_world world;
  world.join("log:a");
  world.said("log:a", "said", R"({"n":"\u00e9"})");
  const auto answer = world.said("log:a", "history");
  CHECK(answer.starts_with(R"(0 settled history: {"epoch":"log:a#0","offset":1,"messages":[{"offset":1,"at":)"));
  CHECK(answer.ends_with(R"(,"event":"said","payload":{"n":"\u00e9"}}]})"));
}

TEST_CASE("older pages than a room holds come from the log") {
  history_world world;
  world.join("log:a");
  fill(world, "log:a", 400);
  world.log.hold();
  CHECK(page(world, "log:a", R"({"limit":3})") == "398 399 400"); // without the log
  CHECK(page(world, "log:a", R"({"after":100,"limit":2})") == "101 102");
  world.push("log:a", "history", R"({"after":10,"limit":2})");
  REQUIRE(world.log.wait_for_waiting(1));
  CHECK(world.is_silent("log:a"));
  order(world.rooms.room("log:a"), kill);
  world.log.release();
  CHECK(offsets_in(world.next()) == "11 12");
  CHECK(page(world, "log:a", R"({"before":5,"limit":2})") == "3 4");
}

TEST_CASE("a page that cannot be read is refused with the reason") {
  history_world world;
  world.join("log:a");
  fill(world, "log:a", 320);
  world.log.refuse_reads(log_error::damaged);
  CHECK(world.said("log:a", "history", R"({"after":1})") == "0 settled history: history is damaged");
  world.log.refuse_reads(log_error::failed);
  CHECK(world.said("log:a", "history", R"({"after":1})") == "0 settled history: storage unavailable");
}

TEST_CASE("a member that asks for page after page is slowed down, and others are not") {
  history_world world;
  world.join("room:a");
  constexpr int queries = 60; // in less than 5 seconds
  for (int i = 0; i < queries; ++i)
    world.push("room:a", "history");
  const auto refused = std::ranges::count_if(world.next(queries), [](const std::string& line) {
    return line.starts_with(R"(0 settled history: {"reason":"rate limited","retry_after_ms":)");
  });
  CHECK(refused > 0);
  CHECK(world.said("room:a", "history", "{}", somebody_else()).ends_with(R"("messages":[]})"));
}

TEST_CASE("more pages than a room lets be under way are refused") {
  history_world world;
  world.join("log:a");
  fill(world, "log:a", 320);
  world.log.hold();
  for (int i = 0; i < 32; ++i)
    world.push("log:a", "history", R"({"after":1,"limit":1})", somebody_else());
  CHECK(world.said("log:a", "history", R"({"after":1})") == "0 settled history: overloaded");
  world.log.release();
  for (const auto& line : world.next(32))
    CHECK(offsets_in(line) == "2");
  CHECK(page(world, "log:a", R"({"after":1,"limit":1})") == "2");
}

TEST_CASE("a room waits for its pages before it ends, and one that has ended refuses them") {
  history_world world;
  world.join("log:a");
  fill(world, "log:a", 320);
  const process_ptr<light_process> room{&world.rooms.room("log:a")};
  world.log.hold();
  world.push("log:a", "history", R"({"after":1,"limit":1})");
  SECTION("its last member leaves") {
    world.leave("log:a");
    CHECK(world.next() == "0 left log:a");
    CHECK(world.is_silent("log:a"));
    CHECK(room->status() != process_status::ended);
    world.log.release();
    CHECK(offsets_in(world.next()) == "2");
  }
  SECTION("the server stops") {
    REQUIRE(world.log.wait_for_waiting(1));
    room->post(std::make_unique<lintel::actors::retire>());
    world.rooms.await_end(*room);
    world.log.release();
    CHECK(world.next() == "0 settled history: unavailable");
  }
  world.rooms.await_end(*room);
}

TEST_CASE("whoever is no member reads a page, and the room ends when it is read") {
  history_world world;
  world.join("log:a");
  fill(world, "log:a", 320);
  world.leave("log:a");
  world.next();
  CHECK(offsets_in(await(world.ask(order_of::history, "log:a", R"({"after":1,"limit":2})"))) == "2 3");
  CHECK(await(world.ask(order_of::history, "log:a", R"({"limit":-1})")) == "error: invalid query");
}

TEST_CASE("a reset begins anew: members are told, and a position from before is not recovered") {
  const std::string topic = GENERATE("room:a", "log:a");
  history_world world;
  const auto before = epoch_in(world.join(topic, R"({"recover":true})"));
  fill(world, topic, 3);
  const auto answer = await(world.ask(order_of::reset, topic));
  CHECK(world.next() == "0 reset " + topic);
  const auto after = epoch_in(answer);
  CHECK(after != before);
  CHECK(page(world, topic, "{}").empty());
  CHECK(world.said(topic, "said", R"({"idem":"k"})") == "0 broadcast " + topic + R"( @1 +answer {"offset":1})");
  const auto stream = R"( {"stream":{"epoch":")" + after + R"(","offset":1,"recovered":)";
  CHECK(world.join(topic, recovering(before, 0), world.member(1)) ==
        "0 joined " + topic + stream + R"(false,"count":0}})");
  CHECK(world.join(topic, recovering(after, 0), world.member(2)) ==
        "0 joined " + topic + stream + R"(true,"count":1}} @1)");
}

TEST_CASE("a reset that the log refuses is refused at once, nobody is told, and nothing is lost") {
  history_world world;
  const auto epoch = epoch_in(world.join("log:a", R"({"recover":true})"));
  fill(world, "log:a", 3);
  const process_ptr<light_process> room{&world.rooms.room("log:a")};
  world.log.refuse_reads(log_error::disk_full);
  CHECK(await(world.ask(order_of::reset, "log:a")) == "error: storage unavailable");
  world.log.refuse_reads(log_error::none);
  world.leave("log:a"); // its successor does not have to wait for a second
  CHECK(world.next() == "0 left log:a");
  world.rooms.await_end(*room);
  CHECK(world.join("log:a", recovering(epoch, 1)) ==
        R"(0 joined log:a {"stream":{"epoch":"log:a#0","offset":3,"recovered":true,"count":2}} @2 @3)");
}

TEST_CASE("a room that ends while the log forgets its topic answers who asked for it") {
  history_world world;
  world.join("log:a");
  world.log.hold();
  auto answer = world.ask(order_of::reset, "log:a");
  REQUIRE(world.log.wait_for_waiting(1));
  world.rooms.room("log:a").post(std::make_unique<lintel::actors::retire>()); // before or behind its look at the log
  world.log.release();
  const auto said = await(std::move(answer));
  CHECK((said == R"({"epoch":"log:a#1"})" || said == "error: unavailable"));
}

TEST_CASE("nothing is reset while messages or pages are on their way") {
  history_world world;
  world.join("log:a");
  fill(world, "log:a", 320);
  world.log.hold();
  const bool is_page = GENERATE(false, true);
  world.push("log:a", is_page ? "history" : "said", R"({"after":1,"limit":1})");
  CHECK(await(world.ask(order_of::reset, "log:a")) == "error: messages are on their way; try again");
  world.log.release();
  world.next();
  CHECK(epoch_in(await(world.ask(order_of::reset, "log:a"))) == "log:a#1");
}

TEST_CASE("a session recovers from where it has acknowledged, and others do not") {
  const std::string topic = GENERATE("room:a", "log:a");
  const std::string sid = "a session of 16 bytes or more";
  history_world world;
  world.join(topic, "{}", world.member(), sid);
  fill(world, topic, 5);
  world.push(topic, "ack", R"({"offset":4})", world.member(), sid);
  world.push(topic, "ack", R"({"offset":2})", world.member(), sid); // late: it has more already
  CHECK(world.said(topic, "ack", R"({"offset":6})", world.member(), sid) ==
        "0 settled ack: acknowledges what was not sent");
  CHECK(world.said(topic, "ack", R"({"offset":1})") == "0 settled ack: acknowledging needs a session");
  CHECK(world.said(topic, "ack", R"({"offset":"1"})", world.member(), sid) == "0 settled ack: invalid offset");
  CHECK(world.join(topic, R"({"recover":true})", world.member(1), sid).ends_with(R"("recovered":true,"count":1}} @5)"));
  CHECK(world.join(topic, R"({"recover":true})", world.member(2), "somebody else's session")
            .ends_with(R"("recovered":false,"count":0}})"));
}

TEST_CASE("a room tells operators what its history has come to, and one without history nothing") {
  auto rules = history_world::usual_rules();
  rules.push_back({.pattern = "plain:*"});
  history_world world{rules};
  for (const std::string topic : {"room:a", "log:a"}) {
    world.join(topic);
    const auto& room = static_cast<const lintel::actors::room_actor&>(world.rooms.room(topic));
    CHECK(room.newest_offset() == 0);
    fill(world, topic, 3);
    REQUIRE(world.is_silent(topic));
    REQUIRE(world.is_silent(topic)); // what was noted behind the first answer
    CHECK(room.newest_offset() == 3);
    world.rooms.room(topic).post(std::make_unique<control_letter>(kill));
    REQUIRE(world.is_silent(topic));
    CHECK(room.newest_offset() == 3);
  }
  world.join("plain:a");
  CHECK(static_cast<const lintel::actors::room_actor&>(world.rooms.room("plain:a")).newest_offset() == std::nullopt);
}
