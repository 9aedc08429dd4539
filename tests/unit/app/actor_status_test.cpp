#include "app/actor_status.hpp"

#include "tests/unit/actors/process_scripts.hpp"

using namespace lintel::app;
using namespace lintel::testing;
using lintel::supervisors::child_state;

namespace {

const std::vector<std::string> nobody;

void becomes(const light_process& process, process_status wanted) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (process.status() != wanted)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
}

} // namespace

TEST_CASE("a process is starting until its first incarnation, then up") {
  process_system world;
  auto p = world.spawn({});
  CHECK(status_of(*p, nobody) == "starting");
  settle(*p);
  CHECK(status_of(*p, nobody) == "up");
  CHECK(status_of(*p, {"somebody"}) == "up");
  CHECK(status_of(*p, {"somebody", "probe"}) == "stuck");
}

TEST_CASE("a child of the tree that backs off is not called up, although its supervisor knows nothing of it") {
  process_system world;
  auto p = world.spawn({.failed = [](const exit_report&) { return back_off(1h); }});
  settle(*p);
  CHECK(status_of(child_state::up, *p, nobody) == "up");
  order(*p, crash);
  becomes(*p, process_status::backing_off);
  CHECK(status_of(child_state::up, *p, nobody) == "backing off");
  CHECK(status_of(child_state::restarting, *p, nobody) == "restarting");
  CHECK(status_of(child_state::stopping, *p, nobody) == "stopping");
}

TEST_CASE("a child that has ended is restarting before its supervisor has heard of it") {
  process_system world;
  auto p = world.spawn({.failed = [](const exit_report&) { return give_up(); }});
  settle(*p);
  order(*p, crash);
  becomes(*p, process_status::ended);
  CHECK(status_of(child_state::up, *p, nobody) == "restarting");
  CHECK(status_of(*p, nobody) == "ended");
}

TEST_CASE("why the incarnation before ended is a word, and of a crash what it said") {
  process_system world;
  const auto& crashes = world.config.pool().crashes();
  auto p = world.spawn({});
  settle(*p);
  CHECK(last_exit_of(*p, crashes).empty());
  order(*p, kill);
  settle(*p);
  CHECK(last_exit_of(*p, crashes) == "killed");
  order(*p, crash);
  settle(*p);
  CHECK(last_exit_of(*p, crashes) == "crash: crash ordered by an operator");
  CHECK(last_exit_of(*p, lintel::actors::last_crashes{}) == "crash"); // forgotten meanwhile
}

TEST_CASE("the kinds of the last letters are names, newest last") {
  process_system world;
  auto p = world.spawn({});
  post(*p, 1);
  order(*p, kill);
  settle(*p);
  CHECK(last_kinds_of(*p) == std::vector<std::string_view>{"inbound_frame", "control", "worker_call"});
}
