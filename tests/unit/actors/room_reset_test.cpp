// An operator gives up what a topic held.

#include "actors/room_history.hpp"

#include "tests/support/history_world.hpp"
#include "tests/support/passing_log.hpp"

#include <catch2/catch.hpp>

#include <atomic>

using namespace lintel::testing;
using order_of = lintel::actors::room_request::order;

namespace {

/// Nothing of its topics can be read, until they are begun anew.
class damaged_log final : public passing_log {
public:
  using passing_log::passing_log;
  void open(std::string topic, lintel::history::retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
            std::function<void(lintel::history::opened_topic)> done) override {
    if (is_damaged_)
      done({.error = log_error::damaged});
    else
      passing_log::open(std::move(topic), keep, tail_max, tail_bytes_max, std::move(done));
  }
  void reset(std::string topic, std::function<void(lintel::history::opened_topic)> done) override {
    is_damaged_ = false;
    passing_log::reset(std::move(topic), std::move(done));
  }

private:
  std::atomic<bool> is_damaged_{true};
};

} // namespace

TEST_CASE("a topic that cannot be read can be given up, and takes messages again") {
  fake_log sound;
  damaged_log log{sound};
  history_world world{history_world::usual_rules(), {}, &log};
  CHECK(world.join("log:a") == "0 refused log:a: storage unavailable");
  CHECK(await(world.ask(order_of::reset, "log:a")) == R"({"epoch":"log:a#1"})");
  CHECK(world.join("log:a") == "0 joined log:a");
  CHECK(world.said("log:a", "said") == R"(0 broadcast log:a @1 +answer {"offset":1})");
}

TEST_CASE("a reset that the log refuses is answered so") {
  history_world world;
  world.log.refuse_reads(log_error::damaged);
  CHECK(await(world.ask(order_of::reset, "log:a")) == "error: storage unavailable");
}

TEST_CASE("a reset is answered when the log has carried it out, however long that takes") {
  history_world world{history_world::usual_rules(), {.log_patience = std::chrono::milliseconds{20}}};
  world.join("log:a", R"({"recover":true})");
  world.said("log:a", "said");
  world.log.hold();
  auto answer = world.ask(order_of::reset, "log:a");
  REQUIRE(world.log.wait_for_waiting(1));
  CHECK(world.said("log:a", "said") == "0 settled said: storage unavailable"); // patience is over
  CHECK(await(world.ask(order_of::reset, "log:a")) == "error: messages are on their way; try again");
  world.log.release();
  CHECK(world.next() == "0 reset log:a");
  CHECK(await(std::move(answer)) == R"({"epoch":"log:a#1"})");
}

TEST_CASE("what was stored before a reset says nothing of what comes after it") {
  history_world world;
  world.join("log:a", R"({"recover":true})");
  for (int i = 0; i < 3; ++i)
    world.said("log:a", "said");
  world.log.hold();
  auto answer = world.ask(order_of::reset, "log:a");
  REQUIRE(world.log.wait_for_waiting(1));
  world.push("log:a", "said"); // both wait in front of the news of the reset
  order(world.rooms.room("log:a"), control_letter::order::kill);
  CHECK(world.log.carry_out(1) == 1);
  CHECK(world.next() == "0 reset log:a");
  CHECK(await(std::move(answer)) == R"({"epoch":"log:a#1"})");
  CHECK(world.is_silent("log:a"));
  world.log.release();
  CHECK(world.next() == R"(0 broadcast log:a @1 +answer {"offset":1})");
}
