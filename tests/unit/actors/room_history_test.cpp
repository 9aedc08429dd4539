// Rooms whose messages go to a log on disk: what is heard when, and what becomes of everybody who waits for it.

#include "actors/room_history.hpp"

#include "tests/support/history_world.hpp"
#include "tests/support/passing_log.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::actors::counter;
using lintel::actors::room_request;
using lines = std::vector<std::string>;
using order_of = room_request::order;

namespace {

constexpr auto kill = control_letter::order::kill;
constexpr auto crash = control_letter::order::crash;
const std::string fresh = R"({"stream":{"epoch":"log:a#0","offset":0,"recovered":false,"count":0}})";

/// Its rooms find a topic that cannot be: the first open of each answers with a hole.
class holey_log final : public passing_log {
public:
  using passing_log::passing_log;
  void open(std::string topic, lintel::history::retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
            std::function<void(lintel::history::opened_topic)> done) override {
    passing_log::open(std::move(topic), keep, tail_max, tail_bytes_max, [this, done](auto found) {
      if (std::exchange(is_holey_, false)) {
        const auto message = room_world::message("log:a", "said");
        found.tail = {{1, 0, message}, {3, 0, message}};
      }
      done(std::move(found));
    });
  }

private:
  bool is_holey_ = true;
};

/// Waits until a process that has ended is gone from memory, too.
bool is_destroyed(const caf::weak_actor_ptr& process) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (process.lock() != nullptr)
    if (std::chrono::steady_clock::now() > deadline)
      return false;
  return true;
}

} // namespace

TEST_CASE("a message is heard and answered when it is stored, and not before") {
  history_world world;
  CHECK(world.join("log:a") == "0 joined log:a");
  world.log.hold();
  world.push("log:a", "said");
  CHECK(world.is_silent("log:a"));
  world.log.release();
  CHECK(world.next() == R"(0 broadcast log:a @1 +answer {"offset":1})");
  CHECK(world.log.stored("log:a").size() == 1);
}

TEST_CASE("a message that the log refuses is heard by nobody, and the next one gets its offset") {
  history_world world;
  world.join("log:a");
  world.log.refuse_appends(log_error::disk_full);
  CHECK(world.said("log:a", "said") == "0 settled said: storage unavailable");
  world.log.refuse_appends(log_error::none);
  CHECK(world.said("log:a", "said") == R"(0 broadcast log:a @1 +answer {"offset":1})");
  CHECK(world.rooms.total(counter::history_refused) == 1);
}

TEST_CASE("everything behind a refused message is refused with it, each once and in its order") {
  history_world world;
  world.join("log:a");
  world.said("log:a", "said");
  world.log.hold();
  for (const auto* event : {"a", "b", "c"})
    world.push("log:a", event);
  REQUIRE(world.log.wait_for_waiting(3));
  world.log.refuse_appends(log_error::disk_full);
  CHECK(world.log.carry_out(1) == 1);
  CHECK(world.next(3) == lines{"0 settled a: storage unavailable", "0 settled b: storage unavailable",
                               "0 settled c: storage unavailable"});
  world.log.refuse_appends(log_error::none);
  world.push("log:a", "d"); // behind what the log has still to refuse
  world.log.release();
  CHECK(world.next() == R"(0 broadcast log:a @2 +answer {"offset":2})");
  CHECK(world.is_silent("log:a"));
}

TEST_CASE("a room that is killed or crashes while its messages wait tells of them all the same") {
  const auto how = GENERATE(kill, crash);
  history_world world;
  world.join("log:a");
  world.log.hold();
  world.push("log:a", "said");
  order(world.rooms.room("log:a"), how);
  world.push("log:a", "said");
  order(world.rooms.room("log:a"), how);
  REQUIRE(world.log.wait_for_waiting(2));
  world.log.release();
  CHECK(world.next(2) ==
        lines{R"(0 broadcast log:a @1 +answer {"offset":1})", R"(0 broadcast log:a @2 +answer {"offset":2})"});
}

TEST_CASE("a room past its budget refuses what waits, and its successor knows what was stored nevertheless") {
  history_world world;
  world.join("log:a", R"({"recover":true})");
  world.log.hold();
  world.push("log:a", "said", R"({"idem":"k"})");
  REQUIRE(world.log.wait_for_waiting(1));
  const process_ptr<light_process> room{&world.rooms.room("log:a")};
  for (std::uint32_t i = 0; i <= room_world::crashes_max; ++i)
    order(*room, crash);
  CHECK(world.next(2) == lines{"0 settled said: unavailable", "0 gone log:a"});
  world.rooms.await_end(*room);
  world.log.release();
  CHECK(world.join("log:a", R"({"recover":{"epoch":"log:a#0","offset":0}})") ==
        R"(0 joined log:a {"stream":{"epoch":"log:a#0","offset":1,"recovered":true,"count":1}} @1)");
  CHECK(world.said("log:a", "said", R"({"idem":"k"})") == R"(0 settled said: {"offset":1,"duplicate":true})");
}

TEST_CASE("a member that has left before its message was stored is answered, and then the room ends") {
  history_world world;
  world.join("log:a");
  const process_ptr<light_process> room{&world.rooms.room("log:a")};
  world.log.hold();
  world.push("log:a", "said");
  world.leave("log:a");
  CHECK(world.next() == "0 left log:a");
  CHECK(world.is_silent("log:a"));
  CHECK(room->status() != lintel::actors::process_status::ended);
  world.log.release();
  CHECK(world.next() == R"(0 settled said: {"offset":1})");
  world.rooms.await_end(*room);
}

TEST_CASE("whoever is left hears a message whose sender has gone, and the sender is answered") {
  history_world world;
  world.join("log:a");
  world.ask_to_join("log:a", "{}", room_world::member(1));
  CHECK(world.next() == "1 joined log:a");
  world.log.hold();
  world.push("log:a", "said");
  world.leave("log:a");
  CHECK(world.next() == "0 left log:a");
  world.log.release();
  auto arrived = world.next(2);
  std::ranges::sort(arrived);
  CHECK(arrived == lines{R"(0 settled said: {"offset":1})", "1 broadcast log:a @1"});
}

TEST_CASE("retries of a message that waits are answered with it, as duplicates") {
  history_world world;
  world.join("log:a");
  world.log.hold();
  for (int i = 0; i < 3; ++i)
    world.push("log:a", "said", R"({"idem":"k"})");
  REQUIRE(world.log.wait_for_waiting(1));
  CHECK(world.is_silent("log:a"));
  world.log.release();
  CHECK(world.next(3) == lines{R"(0 broadcast log:a @1 +answer {"offset":1})",
                               R"(0 settled said: {"offset":1,"duplicate":true})",
                               R"(0 settled said: {"offset":1,"duplicate":true})"});
  CHECK(world.log.stored("log:a").size() == 1);
}

TEST_CASE("retries are refused with the message they wait for, and its key is as good as new") {
  history_world world;
  world.join("log:a");
  world.log.hold();
  world.push("log:a", "said", R"({"idem":"k"})");
  world.push("log:a", "again", R"({"idem":"k"})");
  CHECK(world.is_silent("log:a"));
  world.log.refuse_appends(log_error::disk_full);
  world.log.release();
  CHECK(world.next(2) == lines{"0 settled said: storage unavailable", "0 settled again: storage unavailable"});
  world.log.refuse_appends(log_error::none);
  CHECK(world.said("log:a", "said", R"({"idem":"k"})") == R"(0 broadcast log:a @1 +answer {"offset":1})");
}

TEST_CASE("more retries than a room lets wait are refused, for no mailbox bounds them any more") {
  history_world world;
  world.join("log:a");
  world.log.hold();
  const auto waiting = lintel::actors::room_history::retries_max + 1;
  for (std::size_t i = 0; i < waiting; ++i)
    world.push("log:a", "said", R"({"idem":"k"})");
  CHECK(world.said("log:a", "one more", R"({"idem":"k"})") == "0 settled one more: overloaded");
  world.log.release();
  world.next(waiting);
  world.log.hold(); // those have left: there is room again
  world.push("log:a", "said", R"({"idem":"k2"})");
  world.push("log:a", "said", R"({"idem":"k2"})");
  CHECK(world.is_silent("log:a"));
  world.log.release();
  CHECK(world.next(2).back() == R"(0 settled said: {"offset":2,"duplicate":true})");
}

TEST_CASE("nobody is admitted before the log has answered, and then everybody in order") {
  history_world world;
  world.log.hold();
  world.ask_to_join("log:a", R"({"recover":true})");
  REQUIRE(world.log.wait_for_waiting(1));
  order(world.rooms.room("log:a"), kill); // behind the join: takes effect when that is answered
  world.push("log:a", "said");
  CHECK(world.rooms.posts.events.lines().empty());
  world.log.release();
  CHECK(world.next(2) == lines{"0 joined log:a " + fresh, R"(0 broadcast log:a @1 +answer {"offset":1})"});
  CHECK(world.rooms.total(counter::kills) == 1);
}

TEST_CASE("a log that does not open refuses everybody, and the room does not stay for it") {
  history_world world;
  world.log.refuse_reads(log_error::damaged);
  CHECK(world.join("log:a") == "0 refused log:a: storage unavailable");
  CHECK(await(world.ask(order_of::publish, "log:a")) == "error: storage unavailable");
  world.log.refuse_reads(log_error::none);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (world.rooms.supervisor->count() > 0 && std::chrono::steady_clock::now() < deadline) {
  }
  CHECK(world.rooms.supervisor->count() == 0);
  CHECK(world.join("log:a") == "0 joined log:a");
}

TEST_CASE("a room without members ends when what was published in it is stored") {
  history_world world;
  world.log.hold();
  auto answer = world.ask(order_of::publish, "log:a");
  REQUIRE(world.log.wait_for_waiting(1)); // it opens
  const process_ptr<light_process> room{&world.rooms.room("log:a")};
  CHECK(world.log.carry_out(1) == 1);
  REQUIRE(world.log.wait_for_waiting(1)); // and stores
  world.log.release();
  CHECK(await(std::move(answer)) == R"({"offset":1,"epoch":"log:a#0"})");
  world.rooms.await_end(*room);
}

TEST_CASE("a room that is told to end while messages wait answers them, and news of the log finds nobody") {
  history_world world;
  world.join("log:a");
  const process_ptr<light_process> room{&world.rooms.room("log:a")};
  world.log.hold();
  world.push("log:a", "said", R"({"idem":"k"})");
  world.push("log:a", "said", R"({"idem":"k"})");
  room->post(std::make_unique<lintel::actors::retire>());
  CHECK(world.next(2) == lines{"0 settled said: unavailable", "0 settled said: unavailable"});
  world.rooms.await_end(*room);
  world.log.release();
  CHECK(world.rooms.posts.events.lines().size() == 3);
  CHECK(world.log.stored("log:a").size() == 1);
}

TEST_CASE("a durable room that has ended leaves nothing behind") {
  history_world world;
  world.join("log:a");
  world.said("log:a", "said");
  caf::weak_actor_ptr room{world.rooms.room("log:a").ctrl()};
  world.leave("log:a");
  world.rooms.posts.forget_legs();
  CHECK(is_destroyed(room));
}

TEST_CASE("a join that crashed its room is counted as a visit: the room ends with its last member") {
  fake_log sound;
  holey_log log{sound};
  history_world world{history_world::usual_rules(), {}, &log};
  CHECK(world.join("log:a") == "0 refused log:a: join crashed");
  CHECK(world.join("log:a") == "0 joined log:a");
  const process_ptr<light_process> room{&world.rooms.room("log:a")};
  world.leave("log:a");
  CHECK(world.next() == "0 left log:a");
  world.rooms.await_end(*room);
}
