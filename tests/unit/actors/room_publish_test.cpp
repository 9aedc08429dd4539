// What is said in rooms that keep it in memory, and what a member gets of it that was away.

#include "tests/support/history_world.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::actors::counter;
using lintel::actors::room_request;
using lines = std::vector<std::string>;
using order_of = room_request::order;

namespace {

constexpr auto kill = control_letter::order::kill;

std::string epoch_of(history_world& world) {
  const auto it = world.shelf.take("room:a");
  const auto epoch = it->messages.epoch();
  world.shelf.give_back("room:a", {});
  return epoch;
}

std::string recovering(const std::string& epoch, std::uint64_t offset, const std::string& limit = "300") {
  return R"({"recover":{"epoch":")" + epoch + R"(","offset":)" + std::to_string(offset) + R"(,"limit":)" + limit + "}}";
}

std::string joined(const std::string& epoch, int offset, bool is_recovered, const std::string& missed, int count) {
  return R"(0 joined room:a {"stream":{"epoch":")" + epoch + R"(","offset":)" + std::to_string(offset) +
         R"(,"recovered":)" + (is_recovered ? "true" : "false") + R"(,"count":)" + std::to_string(count) + "}}" +
         missed;
}

/// A room with a member and so many messages; its epoch.
std::string with(history_world& world, int count, std::string_view payload = "{}") {
  world.join("room:a");
  for (int i = 0; i < count; ++i)
    world.said("room:a", "said", payload);
  return epoch_of(world);
}

} // namespace

TEST_CASE("messages get offsets without holes, through kills, and events that are not kept get none") {
  history_world world;
  world.join("room:a");
  CHECK(world.said("room:a", "said") == "0 broadcast room:a @1 +answer");
  CHECK(world.said("room:a", "typing") == "0 broadcast room:a +answer");
  order(world.rooms.room("room:a"), kill);
  CHECK(world.said("room:a", "said") == "0 broadcast room:a @2 +answer");
  CHECK(world.said("room:a", "ping") == "0 settled ping: ");
  CHECK(world.said("room:a", "said") == "0 broadcast room:a @3 +answer");
}

TEST_CASE("a room that follows another goes on with its history") {
  history_world world;
  const auto epoch = with(world, 3);
  const process_ptr<light_process> room{&world.rooms.room("room:a")};
  world.leave("room:a");
  world.next();
  world.rooms.await_end(*room);
  CHECK(world.join("room:a", recovering(epoch, 1)) == joined(epoch, 3, true, " @2 @3", 2));
  CHECK(world.said("room:a", "said") == "0 broadcast room:a @4 +answer");
}

TEST_CASE("who asks for it recovers what is missing, and all of it or nothing") {
  history_world world;
  const auto epoch = with(world, 13); // 10 are kept
  auto join = [&, slot = 1u](const std::string& params) mutable {
    return world.join("room:a", params, room_world::member(0, slot++));
  };
  CHECK(join(R"({"recover":true})") == joined(epoch, 13, false, "", 0));
  CHECK(join(recovering(epoch, 13)) == joined(epoch, 13, true, "", 0));
  CHECK(join(recovering(epoch, 12)) == joined(epoch, 13, true, " @13", 1));
  CHECK(join(recovering(epoch, 3)) == joined(epoch, 13, true, " @4 @5 @6 @7 @8 @9 @10 @11 @12 @13", 10));
  CHECK(join(recovering(epoch, 2)) == joined(epoch, 13, false, "", 0));
  CHECK(join(recovering(epoch, 14)) == joined(epoch, 13, false, "", 0));
  CHECK(join(recovering(epoch, 9'007'199'254'740'991)) == joined(epoch, 13, false, "", 0));
  CHECK(join(recovering(epoch + "0", 12)) == joined(epoch, 13, false, "", 0));
  CHECK(join(recovering("", 13)) == joined(epoch, 13, false, "", 0));
  CHECK(join(recovering(epoch, 10, "3")) == joined(epoch, 13, true, " @11 @12 @13", 3));
  CHECK(join(recovering(epoch, 10, "2")) == joined(epoch, 13, false, "", 0));
  CHECK(join(R"({"recover":7})") == "0 refused room:a: invalid recover");
  CHECK(join("{}") == "0 joined room:a");
  CHECK(world.rooms.total(counter::recovered) == 4);
  CHECK(world.rooms.total(counter::not_recovered) == 6);
}

TEST_CASE("what does not fit into a client's outbox is not recovered") {
  history_world world{history_world::usual_rules(), {.recover_bytes_max = 3 * 24}};
  const auto epoch = with(world, 5, R"({"text":"20 bytes"})"); // and 4 of the event
  CHECK(world.join("room:a", recovering(epoch, 2), room_world::member(0, 1)) == joined(epoch, 5, true, " @3 @4 @5", 3));
  CHECK(world.join("room:a", recovering(epoch, 1), room_world::member(0, 2)) == joined(epoch, 5, false, "", 0));
}

TEST_CASE("a member that joins again recovers, too, and a rejoin with a bad position ends its membership") {
  history_world world;
  const auto epoch = with(world, 2);
  auto again = world.request(letter_kind::room_join, "room:a", "phx_join", recovering(epoch, 1), room_world::member(0));
  static_cast<lintel::actors::client_request&>(*again).is_member_already = true;
  world.rooms.room("room:a").post(std::move(again));
  CHECK(world.next() == joined(epoch, 2, true, " @2", 1));
  CHECK(world.rooms.room("room:a").members() == 1);
}

TEST_CASE("what is older than the rules keep it is not told, even where nothing new is said") {
  history_world world;
  const auto held = world.shelf.take("room:a");
  const auto now = lintel::history::wall_clock_ms();
  const auto message = room_world::message("room:a", "said");
  held->messages.append({1, now - 2 * 3'600'000, message}, {.age_max = std::chrono::hours{9}});
  held->messages.append({2, now, message}, {.age_max = std::chrono::hours{9}});
  const auto epoch = held->messages.epoch();
  CHECK(world.join("room:a", recovering(epoch, 0)) == joined(epoch, 2, false, "", 0));
  CHECK(world.join("room:a", recovering(epoch, 1), room_world::member(0, 1)) == joined(epoch, 2, true, " @2", 1));
  CHECK(world.said("room:a", "history", "{}").find(R"("messages":[{"offset":2,)") != std::string::npos);
  CHECK(held->messages.size() == 1);
}

TEST_CASE("a retry with the key of a message is answered with its offset, and nobody hears it again") {
  history_world world;
  world.join("room:a");
  CHECK(world.said("room:a", "said", R"({"idem":"k"})") == R"(0 broadcast room:a @1 +answer {"offset":1})");
  order(world.rooms.room("room:a"), kill);
  CHECK(world.said("room:a", "said", R"({"idem":"k"})") == R"(0 settled said: {"offset":1,"duplicate":true})");
  CHECK(world.said("room:a", "said", R"({"idem":"K"})") == R"(0 broadcast room:a @2 +answer {"offset":2})");
  CHECK(world.said("room:a", "said", R"({"idem":""})") == "0 settled said: invalid idem");
  CHECK(world.said("room:a", "said", R"({"idem":7})") == "0 settled said: invalid idem");
  CHECK(world.rooms.total(counter::publish_duplicates) == 1);
}

TEST_CASE("a key is remembered while the topic has no room, and whoever is no member may use it") {
  history_world world;
  const auto answer = R"({"offset":1,"epoch":")";
  CHECK(await(world.ask(order_of::publish, "room:a", R"({"idem":"k"})")).starts_with(answer));
  CHECK(await(world.ask(order_of::publish, "room:a", R"({"idem":"k"})")).ends_with(R"(","duplicate":true})"));
  CHECK(await(world.ask(order_of::publish, "room:a", R"({"idem":"k2"})")).starts_with(R"({"offset":2,)"));
}

TEST_CASE("an ephemeral event from outside has no offset, and a topic that matches nothing does not exist") {
  history_world world;
  CHECK(await(world.ask(order_of::publish, "room:a", "{}", "typing")) == "{}");
  CHECK(await(world.ask(order_of::publish, "nowhere", "{}")) == "error: unmatched topic");
}

TEST_CASE("a request that crashed its room is counted once as a visit: the room ends") {
  auto rules = history_world::usual_rules();
  rules.front().history.kept = durability::none;
  history_world world{rules};
  world.join("room:a");
  const process_ptr<light_process> room{&world.rooms.room("room:a")};
  world.rooms.registry->post(std::make_unique<room_request>(
      order_of::publish, room_world::message("room:a", "said"),
      [](const lintel::actors::room_answer&) { throw std::runtime_error{"nobody is there to be told"}; }));
  CHECK(world.next() == "0 broadcast room:a");
  CHECK(world.said("room:a", "ping") == "0 settled ping: ");
  CHECK(world.rooms.total(counter::crashes) == 1);
  world.leave("room:a");
  CHECK(world.next() == "0 left room:a");
  world.rooms.await_end(*room);
}

TEST_CASE("a member that says too much is told when it may go on, and others are not slowed down") {
  auto rules = history_world::usual_rules();
  rules.front().publishes = {.per_second = 1, .burst = 2};
  history_world world{rules};
  world.join("room:a");
  world.join("room:a", "{}", room_world::member(0, 1));
  constexpr int pushes = 30; // in less than 28 seconds
  for (int i = 0; i < pushes; ++i)
    world.push("room:a", "said");
  const auto answers = world.next(pushes);
  CHECK(answers[0] == "0 broadcast room:a @1 +answer");
  CHECK(answers[1] == "0 broadcast room:a @2 +answer");
  const std::string limited = R"(0 settled said: {"reason":"rate limited","retry_after_ms":)";
  const auto refused = std::ranges::count_if(answers, [&](const auto& line) { return line.starts_with(limited); });
  CHECK(refused > 0);
  CHECK(world.rooms.total(counter::publish_rate_limited) == static_cast<std::uint64_t>(refused));
  CHECK(world.said("room:a", "said", "{}", room_world::member(0, 1)).ends_with(" +answer"));
}

TEST_CASE("a system topic keeps nothing and cannot be published to, whatever pattern matches it") {
  lintel::actors::namespace_rules everything{.pattern = "*"};
  everything.history.kept = durability::synced;
  history_world world{{everything}};
  world.log.refuse_reads(log_error::failed); // when a disk fails, operators want to look
  CHECK(world.join("$sys:tree", R"({"recover":true})") == "0 joined $sys:tree");
  CHECK(await(world.ask(order_of::publish, "$sys:tree")) == "error: unmatched topic");
}
