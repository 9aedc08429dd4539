#include "actors/restart_pacer.hpp"

#include "tests/unit/actors/process_scripts.hpp"

#include <thread>

using namespace lintel::testing;
using lintel::actors::restart_pacer;

namespace {

/// Processes that share a pacer, as those of a group do.
struct paced_group : process_system {
  explicit paced_group(lintel::supervisors::storm_limits limits)
      : pacer(std::make_shared<restart_pacer>("group", config.pool(), limits)) {}

  void fill(std::size_t count) {
    script what;
    what.wait_for_turn = [pacer = pacer] { return pacer->wait(worker::clock::now()); };
    while (processes.size() < count)
      processes.push_back(spawn(what));
  }

  void order_all(control_letter::order what) {
    for (const auto& p : processes)
      order(*p, what);
  }

  /// Everybody has taken its next letter.
  void settle_all() {
    for (const auto& p : processes)
      settle(*p);
  }

  const std::shared_ptr<restart_pacer> pacer;
  std::vector<probe_ptr> processes;
};

} // namespace

TEST_CASE("a wait for the turn comes before the restart, and the letters behind the crash are handled after it") {
  journal events;
  process_system world;
  auto what = poisoned_by(2, events);
  what.wait_for_turn = [&] {
    events.add("turn");
    return 20ms;
  };
  auto p = world.spawn(std::move(what));
  for (int i = 1; i <= 3; ++i)
    post(*p, i);
  CHECK(events.wait_for(7) == lines{"begin", "1", "refused 2", "end", "turn", "begin", "3"});
  CHECK(world.total(counter::restarts) == 1);
}

TEST_CASE("a turn is asked for once per restart, when its back-off is over") {
  journal events;
  process_system world;
  auto what = poisoned_by(1, events);
  what.failed = [&](const exit_report&) {
    events.add("failed");
    return back_off(10ms);
  };
  what.wait_for_turn = [&] {
    events.add("turn");
    return 10ms;
  };
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  post(*p, 2);
  CHECK(events.wait_for(7) == lines{"begin", "refused 1", "failed", "end", "turn", "begin", "2"});
}

TEST_CASE("a turn that comes at once costs no wait") {
  journal events;
  process_system world;
  auto what = poisoned_by(1, events);
  what.failed = [](const exit_report&) { return back_off(1ms); };
  what.wait_for_turn = [] { return 0ms; };
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  post(*p, 2);
  CHECK(events.wait_for(5) == lines{"begin", "refused 1", "end", "begin", "2"});
}

TEST_CASE("a kill asks for no turn, nor does the first incarnation") {
  journal events;
  process_system world;
  script what;
  what.wait_for_turn = [&] {
    events.add("turn");
    return 0ms;
  };
  auto p = world.spawn(std::move(what));
  order(*p, kill);
  order(*p, kill);
  settle(*p);
  CHECK(events.lines().empty());
  order(*p, crash);
  settle(*p);
  CHECK(events.lines().size() == 1);
}

// However slow the machine is: without a wait twenty crashes would have to be 10 ms apart.
TEST_CASE("crashes beyond the burst are paced, all come back, and the alarm is raised and cleared") {
  paced_group group{{.restarts_per_second = 200, .burst = 2, .calm = 100ms}}; // half of it: two workers, two groups
  group.fill(20);
  group.order_all(crash);
  group.settle_all();
  CHECK(group.total(counter::restarts) == 20);
  CHECK(group.total(counter::restarts_paced) >= 1);
  CHECK(group.total(counter::restarts_paced) <= 19);
  CHECK(group.total(counter::storms_raised) >= 1);
  while (group.pacer->is_storm())
    std::this_thread::sleep_for(1ms);
  while (group.total(counter::storms_cleared) < group.total(counter::storms_raised))
    std::this_thread::sleep_for(1ms);
}

TEST_CASE("ten thousand kills at once are not paced, whatever the limits") {
  paced_group group{{.restarts_per_second = 1, .burst = 1}};
  group.fill(10'000);
  group.order_all(kill);
  group.settle_all();
  CHECK(group.total(counter::restarts) == 10'000);
  CHECK(group.total(counter::restarts_paced) == 0);
  CHECK(group.total(counter::storms_raised) == 0);
}

TEST_CASE("an alarm that is raised says since when, and how many wait") {
  process_system world;
  const auto pacer = std::make_shared<lintel::actors::restart_pacer>(
      "group", world.config.pool(), lintel::supervisors::storm_limits{.restarts_per_second = 2, .burst = 2});
  const auto now = worker::clock::now(); // half of it: one a second, one at once
  CHECK_FALSE(pacer->alarm(now));
  CHECK(pacer->wait(now) == 0s);
  CHECK_FALSE(pacer->alarm(now));
  CHECK(pacer->wait(now) == 1s);
  CHECK(pacer->wait(now) == 2s);
  REQUIRE(pacer->alarm(now + 1s));
  CHECK(pacer->alarm(now + 1s)->since == 1s);
  CHECK(pacer->alarm(now + 1s)->waiting == 1);
}
