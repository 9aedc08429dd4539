#include "tests/unit/actors/caf_watchers.hpp"

using namespace lintel::testing;

TEST_CASE("a link takes the other side along, whichever side ends") {
  for (const bool first_ends : {true, false}) {
    journal events;
    process_system world;
    auto p = world.spawn(notes_its_end(events));
    auto q = world.spawn(notes_its_end(events));
    p->add_link(q.get());
    end(world, first_ends ? *p : *q);
    const auto seen = events.wait_for(2);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0] == seen[1]);
  }
}

TEST_CASE("a link to an actor of CAF's own works in both directions") {
  process_system world;
  SECTION("the process ends first") {
    auto p = world.spawn({});
    caf::scoped_actor self{world.system};
    self->link_to(handle_of(*p));
    end(world, *p);
    bool is_told = false;
    self->receive([&](const caf::exit_msg& signal) { is_told = signal.reason == caf::exit_reason::user_shutdown; },
                  caf::after(patience) >> [] {});
    CHECK(is_told);
  }
}

TEST_CASE("a link to a dead process brings its reason at once") {
  journal events;
  process_system world;
  auto dead = world.spawn({});
  end(world, *dead);
  SECTION("asked by the living") {
    auto p = world.spawn(notes_its_end(events));
    p->add_link(dead.get());
    CHECK(events.wait_for(1) == std::vector{caf::to_string(caf::error{caf::exit_reason::user_shutdown})});
  }
  SECTION("asked in the name of the dead") {
    auto p = world.spawn(notes_its_end(events));
    dead->add_link(p.get());
    CHECK(events.wait_for(1) == std::vector{caf::to_string(caf::error{caf::exit_reason::user_shutdown})});
  }
}

TEST_CASE("a double link is one link, and an unlinked pair is none") {
  journal events;
  process_system world;
  auto p = world.spawn({});
  auto q = world.spawn(notes_its_end(events));
  p->add_link(q.get());
  q->add_link(p.get());
  p->remove_link(q.get());
  end(world, *p);
  settle(*q);
  CHECK(events.lines().empty());
}

TEST_CASE("links pass an end on through a chain") {
  for (const std::size_t length : {2u, 9u, 10u}) {
    journal events;
    process_system world;
    std::vector<probe_ptr> chain;
    for (std::size_t i = 0; i < length; ++i) {
      chain.push_back(world.spawn(notes_its_end(events)));
      if (i > 0)
        chain[i - 1]->add_link(chain[i].get());
    }
    caf::anon_send_exit(handle_of(*chain.front()), caf::exit_reason::kill);
    CHECK(events.wait_for(length).size() == length);
  }
}

TEST_CASE("a watcher that goes away while its process ends is told at most once") {
  process_system world;
  for (int i = 0; i < 200; ++i) {
    auto p = world.spawn({});
    caf::scoped_actor self{world.system};
    self->monitor(handle_of(*p));
    caf::anon_send_exit(handle_of(*p), caf::exit_reason::kill);
    self->demonitor(handle_of(*p));
    gate is_gone;
    // A second watcher, attached after the race, hears for certain.
    caf::scoped_actor other{world.system};
    other->monitor(handle_of(*p));
    reason_of_down(other);
    REQUIRE(self->mailbox().size() <= 1);
  }
}
