#include "actors/light_process.hpp"

#include "tests/support/probe.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>
#include <catch2/catch.hpp>

#include <optional>

// What any CAF actor expects of another one.

using namespace lintel::testing;
using lintel::actors::counter;

namespace {

const auto wait_at_most = caf::duration{patience};

caf::error reason_of_down(caf::scoped_actor& self) {
  std::optional<caf::error> reason;
  self->receive([&](const caf::down_msg& down) { reason = down.reason; },
                caf::after(patience) >> [] { FAIL("nobody went down"); });
  return *reason;
}

/// Sends a request that the process does not understand.
caf::error error_of_request(process_system& world, light_process& to) {
  std::optional<caf::error> error;
  caf::scoped_actor self{world.system};
  self->request(handle_of(to), wait_at_most, 42)
      .receive([] { FAIL("answered"); }, [&](const caf::error& e) { error = e; });
  return *error;
}

script ends_at(int last) {
  script what;
  what.handle = [last](probe&, letter_ptr& mail) { return number_of(*mail) == last ? handled::end : handled::done; };
  return what;
}

script notes_its_end(journal& events) {
  script what;
  what.ended = [&events](const caf::error& reason) { events.add(reason ? caf::to_string(reason) : "none"); };
  return what;
}

/// Ends `p` and returns once it has: everything that a dead process does is visible then.
void end(process_system& world, light_process& p) {
  caf::scoped_actor self{world.system};
  self->monitor(handle_of(p));
  caf::anon_send_exit(handle_of(p), caf::exit_reason::user_shutdown);
  reason_of_down(self);
}

} // namespace

TEST_CASE("a CAF message that nobody expects is counted, and a request gets an error instead of silence") {
  process_system world;
  auto p = world.spawn({});
  CHECK(error_of_request(world, *p) == caf::sec::unexpected_message);
  caf::anon_send(handle_of(*p), 42);
  settle(*p);
  CHECK(world.total(counter::unhandled) == 2);
}

TEST_CASE("a request that a process answers is answered") {
  script what;
  what.handle_caf = [](caf::mailbox_element& mail) {
    mail.sender->enqueue(nullptr, mail.mid.response_id(), caf::make_message(mail.content().get_as<int>(0) + 1), nullptr);
  };
  process_system world;
  auto p = world.spawn(std::move(what));
  caf::scoped_actor self{world.system};
  int answer = 0;
  self->request(handle_of(*p), wait_at_most, 42)
      .receive([&](int got) { answer = got; }, [](const caf::error&) { FAIL("no answer"); });
  CHECK(answer == 43);
}

TEST_CASE("a request that crashes the process gets an error, and the process goes on") {
  script what;
  what.handle_caf = [](caf::mailbox_element&) { throw std::runtime_error{"boom"}; };
  process_system world;
  auto p = world.spawn(std::move(what));
  CHECK(error_of_request(world, *p) == caf::sec::runtime_error);
  settle(*p);
  CHECK(p->incarnation() == 2);
}

TEST_CASE("a CAF message may crash a process with anything that can be thrown") {
  script what;
  what.handle_caf = [](caf::mailbox_element&) { throw 42; };
  process_system world;
  auto p = world.spawn(std::move(what));
  CHECK(error_of_request(world, *p) == caf::sec::runtime_error);
  settle(*p);
  CHECK(world.total(counter::crashes) == 1);
}

TEST_CASE("a request to a dead process is bounced, and so is one that it left behind") {
  process_system world;
  auto p = world.spawn(ends_at(1));
  gate is_inside, go_on;
  p->post(std::make_unique<lintel::actors::worker_call>([&] {
    is_inside.arrive();
    (void)go_on.wait();
  }));
  REQUIRE(is_inside.wait());
  post(*p, 1);
  caf::scoped_actor self{world.system};
  auto left_behind = self->request(handle_of(*p), wait_at_most, 1);
  go_on.arrive();
  std::optional<caf::error> error;
  left_behind.receive([] { FAIL("answered"); }, [&](const caf::error& e) { error = e; });
  CHECK(*error == caf::sec::request_receiver_down);
  CHECK(error_of_request(world, *p) == caf::sec::request_receiver_down);
}

TEST_CASE("who monitors a process hears how it ended") {
  process_system world;
  SECTION("in good order: without a reason") {
    auto p = world.spawn(ends_at(1));
    caf::scoped_actor self{world.system};
    self->monitor(handle_of(*p));
    post(*p, 1);
    CHECK_FALSE(reason_of_down(self));
  }
  SECTION("past its budget: runtime_error") {
    script what;
    what.failed = [](const auto&) { return verdict{.what = verdict::action::give_up}; };
    auto p = world.spawn(std::move(what));
    caf::scoped_actor self{world.system};
    self->monitor(handle_of(*p));
    order(*p, control_letter::order::crash);
    CHECK(reason_of_down(self) == caf::sec::runtime_error);
  }
  SECTION("nobody left to reach it: unreachable") {
    auto p = world.spawn({});
    caf::scoped_actor self{world.system};
    self->monitor(handle_of(*p));
    p.reset();
    CHECK(reason_of_down(self) == caf::exit_reason::unreachable);
  }
}

TEST_CASE("a restart in place is nobody else's business: no monitor hears of it") {
  process_system world;
  auto p = world.spawn(ends_at(1));
  caf::scoped_actor self{world.system};
  self->monitor(handle_of(*p));
  order(*p, control_letter::order::kill);
  order(*p, control_letter::order::crash);
  settle(*p);
  CHECK(self->mailbox().empty());
  post(*p, 1);
  CHECK_FALSE(reason_of_down(self));
}

TEST_CASE("who monitors a dead process hears of its end at once, with its reason") {
  process_system world;
  auto p = world.spawn({});
  end(world, *p);
  caf::scoped_actor self{world.system};
  self->monitor(handle_of(*p));
  CHECK(reason_of_down(self) == caf::exit_reason::user_shutdown);
}

TEST_CASE("two monitors of one watcher bring two messages, one taken back brings none") {
  process_system world;
  auto p = world.spawn({});
  caf::scoped_actor self{world.system};
  self->monitor(handle_of(*p));
  self->monitor(handle_of(*p));
  caf::scoped_actor other{world.system};
  other->monitor(handle_of(*p));
  other->demonitor(handle_of(*p));
  caf::anon_send_exit(handle_of(*p), caf::exit_reason::kill);
  CHECK(reason_of_down(self) == caf::exit_reason::kill);
  CHECK(reason_of_down(self) == caf::exit_reason::kill);
  CHECK(other->mailbox().empty());
}

TEST_CASE("a kill signal ends a process even if it agrees to nothing") {
  journal events;
  auto what = notes_its_end(events);
  what.agrees_to_end = [](const caf::error&) { return false; };
  process_system world;
  auto p = world.spawn(std::move(what));
  caf::anon_send_exit(handle_of(*p), caf::exit_reason::user_shutdown);
  settle(*p);
  CHECK(events.lines().empty());
  caf::anon_send_exit(handle_of(*p), caf::exit_reason::kill);
  CHECK(events.wait_for(1) == std::vector{caf::to_string(caf::error{caf::exit_reason::kill})});
}

TEST_CASE("an exit signal without a reason ends nobody") {
  journal events;
  process_system world;
  auto p = world.spawn(notes_its_end(events));
  caf::anon_send(handle_of(*p), caf::exit_msg{handle_of(*p).address(), {}});
  settle(*p);
  CHECK(events.lines().empty());
}

TEST_CASE("a message posted before an exit signal is handled before it, a thousand times") {
  std::atomic<int> handled_first = 0;
  process_system world;
  for (int i = 0; i < 1000; ++i) {
    script what;
    what.handle = [&](probe&, letter_ptr&) {
      ++handled_first;
      return handled::done;
    };
    auto p = world.spawn(std::move(what));
    post(*p, 1);
    end(world, *p);
  }
  CHECK(handled_first == 1000);
}

TEST_CASE("of two exit signals the first decides the reason") {
  process_system world;
  auto p = world.spawn({});
  caf::scoped_actor self{world.system};
  self->monitor(handle_of(*p));
  inside(*p, [&] {
    caf::anon_send_exit(handle_of(*p), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(handle_of(*p), caf::exit_reason::kill);
  });
  CHECK(reason_of_down(self) == caf::exit_reason::user_shutdown);
}

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
