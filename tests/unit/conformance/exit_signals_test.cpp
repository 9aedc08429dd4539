// Exit signals, links and monitors as Erlang has them: rules X1 to X9. Where CAF decides otherwise the
// test pins what it does; supervisors/README.md has the table.
#include "species.hpp"

using namespace lintel::testing;
using lines = std::vector<std::string>;
using caf::exit_reason;

TEMPLATE_TEST_CASE("X1: a linked process ends normally: ignored", "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  const auto other = TestType::spawn(world, events);
  link(p, other);
  TestType::end_normally(other);
  CHECK_FALSE(reason_of(world, other));
  CHECK(after_a_message(p, events, 1) == lines{"message"});
}

TEST_CASE("X1, trapping: CAF's actors hear of a normal end, light processes do not") {
  journal events;
  process_system world;
  SECTION("CAF's") {
    const auto p = of_caf::spawn(world, events, trapping::yes);
    const auto other = of_caf::spawn(world, events);
    link(p, other);
    of_caf::end_normally(other);
    CHECK(events.wait_for(1) == lines{"exit normal"});
  }
  SECTION("ours") {
    const auto p = of_ours::spawn(world, events, trapping::yes);
    const auto other = of_ours::spawn(world, events);
    link(p, other);
    of_ours::end_normally(other);
    CHECK_FALSE(reason_of(world, other));
    CHECK(after_a_message(p, events, 1) == lines{"message"});
  }
}

TEMPLATE_TEST_CASE("X2: a linked process ends with a reason: so does this one, and one that traps is told",
                   "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  const auto trapper = TestType::spawn(world, events, trapping::yes);
  const auto other = TestType::spawn(world, events);
  link(p, other);
  link(trapper, other);
  caf::anon_send_exit(other, exit_reason::out_of_workers);
  CHECK(reason_of(world, p) == exit_reason::out_of_workers);
  CHECK(events.wait_for(1) == lines{"exit " + text_of(exit_reason::out_of_workers)});
}

// Erlang's trap works for a kill that comes through a link. CAF's kill is fatal on every way, which is
// why supervisors here monitor and never link.
TEMPLATE_TEST_CASE("X2, deviation: a kill through a link is fatal though trapped", "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto trapper = TestType::spawn(world, events, trapping::yes);
  const auto other = TestType::spawn(world, events);
  link(trapper, other);
  caf::anon_send_exit(other, exit_reason::kill);
  CHECK(reason_of(world, trapper) == exit_reason::kill);
  CHECK(events.lines().empty());
}

// Erlang turns the reason into `killed`, so that it does not kill on through links.
TEMPLATE_TEST_CASE("X3, deviation: a kill cannot be trapped, and its reason stays `kill`", "", of_caf,
                   of_ours) {
  const auto traps = GENERATE(trapping::no, trapping::yes);
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events, traps);
  caf::anon_send_exit(p, exit_reason::kill);
  CHECK(reason_of(world, p) == exit_reason::kill);
  CHECK(events.lines().empty());
}

TEMPLATE_TEST_CASE("X4: exit(P, normal) from another process is ignored", "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  const auto other = TestType::spawn(world, events);
  caf::anon_send(p, caf::exit_msg{other.address(), {}});
  CHECK(after_a_message(p, events, 1) == lines{"message"});
}

TEST_CASE("X4, trapping: CAF's actors are told, light processes are not") {
  journal events;
  process_system world;
  const auto ours = of_ours::spawn(world, events, trapping::yes);
  caf::anon_send(ours, caf::exit_msg{ours.address(), {}});
  CHECK(after_a_message(ours, events, 1) == lines{"message"});
  const auto cafs = of_caf::spawn(world, events, trapping::yes);
  caf::anon_send(cafs, caf::exit_msg{ours.address(), {}});
  CHECK(events.wait_for(2) == lines{"message", "exit normal"});
}

// Erlang's exit(self(), normal) ends the process. Here a signal without a reason ends nobody, its own
// sender included; an actor that is done says so: quit(), handled::end.
TEMPLATE_TEST_CASE("X5, deviation: an exit signal to oneself without a reason is ignored as well", "",
                   of_caf, of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  caf::anon_send(p, caf::exit_msg{p.address(), {}});
  CHECK(after_a_message(p, events, 1) == lines{"message"});
  TestType::end_normally(p);
  CHECK_FALSE(reason_of(world, p));
}

TEMPLATE_TEST_CASE("X6: exit(P, reason) ends P with that reason, and one that traps is told", "", of_caf,
                   of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  caf::anon_send_exit(p, exit_reason::user_shutdown);
  CHECK(reason_of(world, p) == exit_reason::user_shutdown);
  const auto trapper = TestType::spawn(world, events, trapping::yes);
  caf::anon_send_exit(trapper, exit_reason::user_shutdown);
  CHECK(after_a_message(trapper, events, 2)
        == lines{"exit " + text_of(exit_reason::user_shutdown), "message"});
}

// Erlang says `noproc`. CAF remembers why, and says that.
TEMPLATE_TEST_CASE("X7, deviation: a link to a dead process brings the reason of its end", "", of_caf,
                   of_ours) {
  journal events;
  process_system world;
  const auto dead = TestType::spawn(world, events);
  caf::anon_send_exit(dead, exit_reason::user_shutdown);
  reason_of(world, dead);
  const auto p = TestType::spawn(world, events);
  link(p, dead);
  CHECK(reason_of(world, p) == exit_reason::user_shutdown);
  const auto trapper = TestType::spawn(world, events, trapping::yes);
  link(trapper, dead);
  CHECK(events.wait_for(1) == lines{"exit " + text_of(exit_reason::user_shutdown)});
}

TEMPLATE_TEST_CASE("X8: a monitor of a dead process brings its down message at once", "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto dead = TestType::spawn(world, events);
  caf::anon_send_exit(dead, exit_reason::user_shutdown);
  reason_of(world, dead);
  CHECK(reason_of(world, dead) == exit_reason::user_shutdown);   // deviation: Erlang says `noproc`
}

// There is one node, so no connection to another can be lost. What CAF would send then is a reason like
// any other.
TEMPLATE_TEST_CASE("X9, deviation: all processes are on one node", "", of_caf, of_ours) {
  journal events;
  process_system world;
  const auto p = TestType::spawn(world, events);
  CHECK(p.node() == world.system.node());
  caf::anon_send_exit(p, exit_reason::remote_link_unreachable);
  CHECK(reason_of(world, p) == exit_reason::remote_link_unreachable);
}
