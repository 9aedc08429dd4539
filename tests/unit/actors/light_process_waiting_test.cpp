#include "tests/unit/actors/process_scripts.hpp"

using namespace lintel::testing;
using namespace std::chrono_literals;

TEST_CASE("not_now keeps the letter first, and the mail behind it, until wake()") {
  journal events;
  bool is_ready = false;
  auto what = noted_in(events);
  what.handle = [&](probe& self, letter_ptr& mail) {
    if (number_of(*mail) == 1 && !is_ready) {
      events.add("not now");
      self.pool().call_after(1ms, [&, me = probe_ptr{&self}] {
        events.add(std::to_string(me->mailbox_length()) + (me->status() == process_status::waiting ? " wait" : "?"));
        is_ready = true;
        me->wake();
      });
      return handled::not_now;
    }
    events.add(std::to_string(number_of(*mail)));
    return handled::done;
  };
  what.begin = what.end = nullptr;
  process_system world;
  auto p = world.spawn(std::move(what));
  {
    held h{*p};
    post(*p, 1);
    post(*p, 2);
    post(*p, 3);
  }
  CHECK(events.wait_for(5) == lines{"not now", "3 wait", "1", "2", "3"});
}

TEST_CASE("a process that waited says that it runs again") {
  bool is_ready = false;
  script what;
  what.handle = [&](probe& self, letter_ptr&) {
    if (is_ready)
      return handled::done;
    is_ready = true;
    self.pool().call_after(1ms, [me = probe_ptr{&self}] { me->wake(); });
    return handled::not_now;
  };
  process_system world;
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  settle(*p);
  CHECK(p->status() == process_status::running);
}

TEST_CASE("waking a process that does not wait does nothing") {
  journal events;
  process_system world;
  auto p = world.spawn(noted_in(events), 0);
  post(*p, 1);
  inside(*p, [&] { p->wake(); });
  post(*p, 2);
  settle(*p);
  CHECK(events.lines() == lines{"begin", "1", "2"});
}

TEST_CASE("back-off keeps the mail, and the next incarnation goes on with it") {
  journal events;
  auto what = poisoned_by(1, events);
  what.failed = [](const exit_report&) { return back_off(20ms); };
  process_system world{1};
  auto p = world.spawn(std::move(what));
  auto other = world.spawn({});
  {
    held h{*other}; // the only worker: nothing of p runs yet
    post(*p, 1);
    post(*p, 2);
    post(*p, 3);
  }
  CHECK(events.wait_for(6) == lines{"begin", "refused 1", "end", "begin", "2", "3"});
  CHECK(p->incarnation() == 2);
}

TEST_CASE("while a process backs off the others of its worker run") {
  gate backs_off;
  script what;
  what.handle = [](probe&, letter_ptr&) -> handled { throw std::runtime_error{"boom"}; };
  what.failed = [&](const exit_report&) {
    backs_off.arrive();
    return back_off(1h);
  };
  process_system world{1};
  auto p = world.spawn(std::move(what), 0);
  auto other = world.spawn({}, 0);
  post(*p, 1);
  post(*p, 2);
  REQUIRE(backs_off.wait());
  settle(*other); // on the same worker, behind the crash
  CHECK(p->status() == process_status::backing_off);
  CHECK(p->mailbox_length() == 1);
  inside(*other, [&] { p->wake(); }); // an answer to the incarnation that is over
  settle(*other);
  CHECK(p->status() == process_status::backing_off);
  inside(*other, [&] { p->stop(); }); // else the timer of an hour holds it
}

TEST_CASE("a stopped process handles no other letter, awake or waiting") {
  journal events;
  process_system world;
  auto p = world.spawn(noted_in(events), 1);
  post(*p, 1);
  inside(*p, [&] { p->stop(); });
  CHECK(events.wait_for(4) == lines{"begin", "1", "end", "ended"});

  auto what = noted_in(events);
  gate waits;
  what.begin = what.end = nullptr;
  what.handle = [&](probe&, letter_ptr&) {
    waits.arrive();
    return handled::not_now;
  };
  auto q = world.spawn(std::move(what), 1);
  auto on_same_worker = world.spawn({}, 1);
  post(*q, 2);
  REQUIRE(waits.wait());
  inside(*on_same_worker, [&] { q->stop(); });
  const auto seen = events.wait_for(6);
  CHECK(lines(seen.begin() + 4, seen.end()) == lines{"ended", "refused 2"});
}

TEST_CASE("a process that is stopped inside its own handler handles no other letter") {
  journal events;
  auto what = noted_in(events);
  what.begin = what.end = nullptr;
  what.handle = [&](probe& self, letter_ptr& mail) {
    events.add(std::to_string(number_of(*mail)));
    self.stop();
    return handled::done;
  };
  process_system world;
  auto p = world.spawn(std::move(what), 0);
  {
    held h{*p};
    for (int i = 1; i <= 3; ++i)
      post(*p, i);
  }
  CHECK(events.wait_for(4) == lines{"1", "ended", "refused 2", "refused 3"});
}

TEST_CASE("a process that is stopped and crashes in one handler ends without asking for a verdict") {
  journal events;
  auto what = noted_in(events);
  what.begin = what.end = nullptr;
  what.handle = [&](probe& self, letter_ptr&) -> handled {
    self.stop();
    throw std::runtime_error{"boom"};
  };
  what.failed = [&](const exit_report&) {
    events.add("asked");
    return verdict{.what = verdict::action::restart_now};
  };
  process_system world;
  auto p = world.spawn(std::move(what), 0);
  {
    held h{*p};
    post(*p, 1);
    post(*p, 2);
  }
  CHECK(events.wait_for(3) == lines{"refused 1", "ended", "refused 2"});
}

TEST_CASE("a process that is stopped and then not ready ends all the same") {
  journal events;
  auto what = noted_in(events);
  what.begin = what.end = nullptr;
  what.handle = [&](probe& self, letter_ptr&) {
    self.stop();
    return handled::not_now;
  };
  process_system world;
  auto p = world.spawn(std::move(what), 0);
  post(*p, 1);
  CHECK(events.wait_for(2) == lines{"ended", "refused 1"});
}

TEST_CASE("only the process's own worker may stop it") {
  process_system world;
  auto pinned = world.spawn({}, 0);
  auto movable = world.spawn({});
  CHECK_THROWS(pinned->stop());
  CHECK(inside(*movable, [&] {
    try {
      movable->stop();
    } catch (const std::logic_error&) {
      return true;
    }
    return false;
  }));
}

TEST_CASE("the last handle of a sleeping process ends it as unreachable") {
  gate is_gone;
  std::atomic<bool> is_unreachable = false;
  script what;
  what.ended = [&](const caf::error& reason) {
    is_unreachable = reason == caf::exit_reason::unreachable;
    is_gone.arrive();
  };
  process_system world;
  auto p = world.spawn(std::move(what));
  settle(*p);
  p.reset();
  REQUIRE(is_gone.wait());
  CHECK(is_unreachable);
}

TEST_CASE("a pinned process always runs on its worker, whoever wakes it") {
  std::atomic<int> elsewhere = 0;
  process_system world;
  std::vector<probe_ptr> all;
  for (std::uint16_t home = 0; home < 2; ++home) {
    script what;
    what.handle = [&elsewhere, home](probe&, letter_ptr&) {
      elsewhere += worker::current()->index() != home ? 1 : 0;
      return handled::done;
    };
    all.push_back(world.spawn(std::move(what), home));
  }
  script chatty;
  chatty.handle = [&](probe&, letter_ptr& mail) {
    post(*all[static_cast<std::size_t>(number_of(*mail)) % 2], 0);
    return handled::done;
  };
  all.push_back(world.spawn(chatty, 0));
  all.push_back(world.spawn(chatty, 1));
  for (int i = 0; i < 2000; ++i)
    post(*all[static_cast<std::size_t>(i) % all.size()], i);
  for (auto it = all.rbegin(); it != all.rend(); ++it)
    settle(**it);
  CHECK(elsewhere == 0);
}

TEST_CASE("a process whose mailbox is never empty leaves room for the others of its worker") {
  std::atomic<bool> is_over = false;
  script what;
  what.handle = [&](probe& self, letter_ptr& mail) {
    if (!is_over)
      self.post(std::move(mail));
    return handled::done;
  };
  process_system world{1};
  auto greedy_movable = world.spawn(what);
  auto greedy_pinned = world.spawn(what, 0);
  for (int i = 0; i < 1000; ++i) {
    post(*greedy_movable, i);
    post(*greedy_pinned, i);
  }
  auto movable = world.spawn({});
  auto pinned = world.spawn({}, 0);
  for (int i = 0; i < 10; ++i) {
    settle(*movable);
    settle(*pinned);
  }
  const bool they_were_busy = greedy_movable->mailbox_length() > 0 && greedy_pinned->mailbox_length() > 0;
  is_over = true;
  CHECK(they_were_busy);
}
