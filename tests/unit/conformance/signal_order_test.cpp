// The order of signals and what is visible when, as Erlang's signal_SUITE has it: L10 to L14.
#include "species.hpp"

#include "supervisors/urgent_exit.hpp"
#include <caf/actor_registry.hpp>
#include <thread>

using namespace lintel::testing;
using lines = std::vector<std::string>;
using caf::exit_reason;

namespace {

const auto its_name = caf::atom("taken");

/// Has a name as long as it lives.
class named_actor : public caf::event_based_actor {
public:
  explicit named_actor(caf::actor_config& config) : caf::event_based_actor(config) {
    system().registry().put(its_name, caf::actor_cast<caf::strong_actor_ptr>(this));
  }
  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
  void on_exit() override { system().registry().erase(its_name); }
};

/// Stays in a handler until it may go on.
class busy_actor : public caf::event_based_actor {
public:
  busy_actor(caf::actor_config& config, journal& events, gate& is_inside, gate& go_on)
      : caf::event_based_actor(config), events_(events), is_inside_(is_inside), go_on_(go_on) {}
  caf::behavior make_behavior() override {
    return {[this](bool) {
              is_inside_.arrive();
              (void)go_on_.wait();
            },
            [this](int) { events_.add("message"); }};
  }

private:
  journal& events_;
  gate& is_inside_;
  gate& go_on_;
};

struct named_of_caf {
  static caf::actor spawn(process_system& world) { return caf::actor{world.system.spawn<named_actor>()}; }
};

struct named_of_ours {
  static caf::actor spawn(process_system& world) {
    script what;
    what.ended = [&world](const caf::error&) { world.system.registry().erase(its_name); };
    const auto p = handle_of(*world.spawn(std::move(what)));
    world.system.registry().put(its_name, caf::actor_cast<caf::strong_actor_ptr>(p));
    return p;
  }
};

} // namespace

// In Erlang the first of the chain is `killed`, and that is what the others hear of.
TEMPLATE_TEST_CASE("L10, deviation: kill2killed: a kill goes through a chain of links as a kill", "", of_caf,
                   of_ours) {
  for (const std::size_t links : {1u, 2u, 9u, 10u}) {
    journal events;
    process_system world;
    std::vector<caf::actor> chain{TestType::spawn(world, events)};
    while (chain.size() <= links) {
      chain.push_back(TestType::spawn(world, events, trapping::yes));
      link(chain[chain.size() - 2], chain.back());
    }
    watcher last{world, chain.back()};
    caf::anon_send_exit(chain.front(), exit_reason::kill);
    CHECK(last.reason() == exit_reason::kill);
    CHECK(events.lines().empty());
  }
}

TEMPLATE_TEST_CASE("L11: xm_sig_order: a message sent before an exit signal is handled, a thousand times", "",
                   of_caf, of_ours) {
  journal events;
  process_system world;
  for (std::size_t i = 1; i <= 1'000; ++i) {
    const auto p = TestType::spawn(world, events);
    caf::anon_send(p, 1);
    caf::anon_send_exit(p, exit_reason::user_shutdown);
    reason_of(world, p);
    REQUIRE(events.lines().size() == i);
  }
}

// Supervisors stop their children with a signal that overtakes a long mailbox; only CAF's actors have
// a lane for it.
TEST_CASE("L11, deviation: an urgent exit overtakes the messages before it") {
  journal events;
  process_system world;
  gate is_inside, go_on;
  const caf::actor busy{world.system.spawn<busy_actor>(events, is_inside, go_on)};
  caf::anon_send(busy, true);
  REQUIRE(is_inside.wait());
  for (int i = 0; i < 10; ++i)
    caf::anon_send(busy, 1);
  lintel::supervisors::urgent_exit(nullptr, busy, exit_reason::user_shutdown);
  go_on.arrive();
  CHECK(reason_of(world, busy) == exit_reason::user_shutdown);
  CHECK(events.lines().empty());
}

TEMPLATE_TEST_CASE("L12: exit_twice: the second reason is ignored, and nothing runs after the first", "", of_caf,
                   of_ours) {
  journal events;
  process_system world;
  for (int i = 0; i < 100; ++i) {
    const auto p = TestType::spawn(world, events);
    caf::anon_send_exit(p, exit_reason::user_shutdown);
    caf::anon_send_exit(p, exit_reason::kill);
    caf::anon_send(p, 1);
    REQUIRE(reason_of(world, p) == exit_reason::user_shutdown);
  }
  CHECK(events.lines().empty());
}

// A hundred watchers of each of a hundred processes let go of it while it dies. CAF's demonitor does not
// say which it was, and leaves a message that has already come; more than one never comes.
TEMPLATE_TEST_CASE("L13: local_remove_monitor: a monitor taken back brings one message at most", "", of_caf,
                   of_ours) {
  journal events;
  process_system world;
  for (int i = 0; i < 100; ++i) {
    const auto p = TestType::spawn(world, events);
    std::vector<std::unique_ptr<watcher>> watchers;
    for (int j = 0; j < 100; ++j)
      watchers.push_back(std::make_unique<watcher>(world, p));
    caf::anon_send_exit(p, exit_reason::kill);
    for (const auto& each : watchers)
      each->stop_watching(p);
    reason_of(world, p);
    for (const auto& each : watchers)
      REQUIRE(each->unread() <= 1);
  }
}

TEMPLATE_TEST_CASE("L13: a monitor taken back before the end brings nothing", "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  watcher former{world, p};
  former.stop_watching(p);
  caf::anon_send_exit(p, exit_reason::kill);
  reason_of(world, p);
  CHECK(former.unread() == 0);
}

TEMPLATE_TEST_CASE("L14: a name is free when the end of its owner is heard of, ten thousand times", "",
                   named_of_caf, named_of_ours) {
  process_system world;
  caf::scoped_actor self{world.system};
  int conflicts = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto p = TestType::spawn(world);
    self->monitor(p);
    caf::anon_send_exit(p, exit_reason::kill);
    self->receive([](const caf::down_msg&) {});
    conflicts += world.system.registry().get(its_name) ? 1 : 0;
  }
  CHECK(conflicts == 0);
}

TEMPLATE_TEST_CASE("links are unique, monitors are not", "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  const auto trapper = TestType::spawn(world, events, trapping::yes);
  link(p, trapper);
  link(p, trapper);
  caf::scoped_actor self{world.system};
  self->monitor(p);
  self->monitor(p);
  caf::anon_send_exit(p, exit_reason::user_shutdown);
  int downs = 0;
  self->receive_while([&] { return downs < 2; })([&](const caf::down_msg&) { ++downs; });
  (void)events.wait_for(1); // watchers are told one after another, so the trapper's signal may still be on its way
  CHECK(after_a_message(trapper, events, 2)
        == lines{"exit " + text_of(exit_reason::user_shutdown), "message"});
}
