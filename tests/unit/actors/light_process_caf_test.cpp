#include "tests/unit/actors/caf_watchers.hpp"

using namespace lintel::testing;

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
    mail.sender->enqueue(nullptr, mail.mid.response_id(), caf::make_message(mail.content().get_as<int>(0) + 1),
                         nullptr);
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
