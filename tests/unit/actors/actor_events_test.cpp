#include "actors/actor_events.hpp"

#include "tests/support/probe.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using namespace lintel::testing;
using kind = actor_event::kind;

namespace {

// What a process of worker 0 tells until it is over, and with it what others there do meanwhile.
actor_events::batch events_until_end(process_system& world, light_process& process) {
  const auto behind = world.spawn({}, 0);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (process.status() != process_status::ended) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"the process does not end"};
    settle(*behind);
  }
  settle(*behind); // its last turn is over
  return world.config.pool().events().take();
}

} // namespace

TEST_CASE("events come out once, oldest first, with how many there were") {
  actor_events log;
  log.set_watched(true);
  CHECK(log.is_watched());
  log.report({kind::spawn, "c0-1-1", 1, ""});
  log.report({kind::restart, "c0-1-1", 2, "killed"});
  log.report({kind::exit, "c0-1-1", 2, ""});
  const auto all = log.take();
  REQUIRE(all.events.size() == 3);
  CHECK(all.events[1].name == "c0-1-1");
  CHECK(all.events[1].why == "killed");
  CHECK(all.spawned == 1);
  CHECK(all.restarted == 1);
  CHECK(all.ended == 1);
  CHECK(log.take().is_empty());
}

TEST_CASE("a burst keeps the newest events and counts all") {
  actor_events log;
  log.set_watched(true);
  for (unsigned i = 0; i < 10'007; ++i)
    log.report({kind::restart, "c" + std::to_string(i), 2, "killed"});
  const auto all = log.take();
  CHECK(all.restarted == 10'007);
  REQUIRE(all.events.size() == actor_events::events_max);
  for (unsigned i = 0; i < all.events.size(); ++i)
    CHECK(all.events[i].name == "c" + std::to_string(10'007 - actor_events::events_max + i));
  log.report({kind::spawn, "after", 1, ""});
  CHECK(log.take().events.size() == 1);
}

TEST_CASE("what happened before somebody looked is not told") {
  actor_events log;
  log.set_watched(true);
  log.report({kind::spawn, "old", 1, ""});
  log.set_watched(false);
  CHECK(!log.is_watched());
  log.set_watched(true);
  CHECK(log.take().is_empty());
}

TEST_CASE("a process that is stopped by what its end closes has ended once") {
  process_system world;
  world.config.pool().events().set_watched(true);
  process_ptr<light_process> self;
  const auto process =
      world.spawn({.handle = [](probe&, letter_ptr&) -> handled { throw std::runtime_error{"boom"}; },
                   .failed = [](const exit_report&) { return verdict{.what = verdict::action::give_up}; },
                   .ended = [&](const caf::error&) { self->stop(); }},
                  0);
  self = process;
  post(*process, 1);
  const auto all = events_until_end(world, *process);
  CHECK(all.spawned >= 1);
  CHECK(all.ended == 1);
}

TEST_CASE("the end of a process that never began is no news, for neither was its start") {
  process_system world;
  const auto process = world.spawn({}, 0);
  const auto neighbour = world.spawn({}, 0);
  settle(*neighbour);
  world.config.pool().events().set_watched(true);
  inside(*neighbour, [&] { process->stop(); });
  CHECK(events_until_end(world, *process).ended == 0);
}
