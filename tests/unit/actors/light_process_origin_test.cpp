// What a process tells of itself: since when its incarnation lives, why the one before ended, what it took last.

#include "tests/unit/actors/process_scripts.hpp"

using namespace lintel::testing;
using lintel::actors::exit_kind;

namespace {

std::vector<letter_kind> last_kinds(const light_process& process) {
  std::vector<letter_kind> kinds;
  process.last_letters().for_each([&kinds](letter_kind kind) { kinds.push_back(kind); });
  return kinds;
}

} // namespace

// A million connections have a million of these; CAF has 64 bytes more in front of each.
TEST_CASE("a process is no larger for what it tells") { STATIC_REQUIRE(sizeof(light_process) + 64 == 184); }

TEST_CASE("an incarnation tells why the one before ended") {
  journal events; // the process notes its end there
  process_system world;
  auto p = world.spawn(poisoned_by(1, events));
  post(*p, 0);
  settle(*p);
  CHECK(p->last_exit() == exit_kind::none);
  order(*p, kill);
  settle(*p);
  CHECK(p->last_exit() == exit_kind::killed);
  CHECK(world.config.pool().crashes().of("probe").empty()); // a kill says nothing more
  post(*p, 1);
  settle(*p);
  CHECK(p->last_exit() == exit_kind::crashed);
  CHECK(world.config.pool().crashes().of("probe") == "poison");
  order(*p, kill);
  settle(*p);
  CHECK(p->last_exit() == exit_kind::killed);
}

TEST_CASE("why it ended is told while it still backs off") {
  process_system world;
  auto p = world.spawn({.failed = [](const exit_report&) { return back_off(1h); }}, 0);
  auto other = world.spawn({}, 0);
  post(*p, 0);
  settle(*p);
  order(*p, crash);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (p->status() != process_status::backing_off)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  CHECK(p->last_exit() == exit_kind::crashed);
  inside(*other, [&] { p->stop(); }); // else the timer of an hour holds it
}

TEST_CASE("an incarnation has been up since it began, and a new one begins anew") {
  process_system world;
  auto p = world.spawn({}, 0);
  CHECK(p->uptime() == 0s);
  const auto before = worker::clock::now();
  settle(*p);
  while (p->uptime() < 2s)
    REQUIRE(worker::clock::now() < before + patience);
  CHECK(worker::clock::now() - before > 1s); // the clock's whole seconds: at most one too many
  const auto ordered = worker::clock::now();
  order(*p, kill);
  settle(*p);
  CHECK(p->incarnation() == 2);
  CHECK(p->uptime() <= worker::clock::now() - ordered + 1s);
}

TEST_CASE("the kinds of its last letters are for everybody to see") {
  process_system world;
  auto p = world.spawn({});
  post(*p, 0);
  order(*p, kill);
  settle(*p); // a worker_call
  const auto kinds = last_kinds(*p);
  REQUIRE(kinds.size() == 3);
  CHECK(kinds == std::vector{letter_kind::worker_call, letter_kind::control, letter_kind::inbound_frame});
}
