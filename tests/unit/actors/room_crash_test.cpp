// A room that crashes with a message or the log's news in hand.

#include "tests/support/history_world.hpp"
#include "tests/support/passing_log.hpp"

#include <catch2/catch.hpp>

#include <new>

using namespace lintel::testing;

namespace {

/// Has no memory left for the first message.
class full_log final : public passing_log {
public:
  using passing_log::passing_log;
  void append(lintel::history::append_order what) override {
    if (std::exchange(is_full_, false))
      throw std::bad_alloc{};
    passing_log::append(std::move(what));
  }

private:
  bool is_full_ = true;
};

} // namespace

TEST_CASE("a message that memory did not suffice for leaves no hole, and its key is free") {
  fake_log sound;
  full_log log{sound};
  history_world world{history_world::usual_rules(), {}, &log};
  world.join("log:a");
  CHECK(world.said("log:a", "said", R"({"idem":"k"})") == "0 settled said: crashed");
  CHECK(world.said("log:a", "said", R"({"idem":"k"})") == R"(0 broadcast log:a @1 +answer {"offset":1})");
  CHECK(world.said("log:a", "said", R"({"idem":"k"})") == R"(0 settled said: {"offset":1,"duplicate":true})");
}

TEST_CASE("what is stored is told, although the news of it killed the room") {
  history_world world;
  world.join("log:a");
  world.log.hold();
  world.push("log:a", "said");
  REQUIRE(world.log.wait_for_waiting(1));
  world.rooms.room("log:a").post(std::make_unique<control_letter>(
      control_letter::order::stall,
      lintel::actors::stall_plan{.length = std::chrono::milliseconds{1}, .is_poison = true}));
  world.log.release();
  CHECK(world.next() == R"(0 broadcast log:a @1 +answer {"offset":1})");
  CHECK(world.rooms.room("log:a").incarnation() == 2);
}
