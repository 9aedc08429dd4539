#include "tests/unit/actors/process_scripts.hpp"

using namespace lintel::testing;
using namespace std::chrono_literals;

TEST_CASE("a process begins with its first letter and handles its mail in order") {
  journal events;
  process_system world;
  auto p = world.spawn(noted_in(events));
  CHECK(p->incarnation() == 0);
  for (int i = 1; i <= 3; ++i)
    post(*p, i);
  settle(*p);
  CHECK(events.lines() == lines{"begin", "1", "2", "3"});
  CHECK(p->incarnation() == 1);
  CHECK(world.total(counter::restarts) == 0);
}

TEST_CASE("the mailbox's length counts what waits, and nothing when all is handled") {
  process_system world;
  auto p = world.spawn({});
  {
    held h{*p};
    for (int i = 0; i < 500; ++i)
      post(*p, i);
    CHECK(p->mailbox_length() == 500);
  }
  settle(*p);
  CHECK(p->mailbox_length() == 0);
}

TEST_CASE("a kill restarts in place: same address, next incarnation, mail kept in order") {
  journal events;
  process_system world;
  auto p = world.spawn(noted_in(events));
  const auto address = handle_of(*p).address();
  {
    held h{*p};
    post(*p, 1);
    order(*p, kill);
    post(*p, 2);
    order(*p, kill);
    post(*p, 3);
  }
  settle(*p);
  CHECK(events.lines() == lines{"begin", "1", "end", "begin", "2", "end", "begin", "3"});
  CHECK(p->incarnation() == 3);
  CHECK(handle_of(*p).address() == address);
  CHECK(world.total(counter::kills) == 2);
  CHECK(world.total(counter::crashes) == 0);
  CHECK(world.total(counter::restarts) == 2);
}

TEST_CASE("a restart is timed from the order of its kill, also while it waited for a long handler") {
  process_system world;
  auto p = world.spawn({});
  const auto began = std::chrono::steady_clock::now();
  std::chrono::nanoseconds waited;
  {
    held h{*p};
    order(*p, kill);
    const auto ordered = std::chrono::steady_clock::now();
    std::this_thread::sleep_until(ordered + 5ms);
    waited = std::chrono::steady_clock::now() - ordered;
  }
  settle(*p);
  const auto most = std::chrono::steady_clock::now() - began;
  const auto found = lintel::actors::summary_of(world.config.pool().restart_times_after(failure::kill).buckets());
  CHECK(found.count == 1);
  CHECK(found.max_ns >= static_cast<std::uint64_t>(waited.count()));
  CHECK(found.max_ns <= static_cast<std::uint64_t>(most.count()) * 17 / 16 + 1);
  CHECK(world.config.pool().restart_times_after(failure::crash).buckets().empty());
}

TEST_CASE("a crash drops the poison letter alone, and refuses it") {
  journal events;
  process_system world;
  auto p = world.spawn(poisoned_by(2, events));
  {
    held h{*p};
    for (int i = 1; i <= 3; ++i)
      post(*p, i);
  }
  settle(*p);
  CHECK(events.lines() == lines{"begin", "1", "refused 2", "end", "begin", "3"});
  CHECK(world.total(counter::crashes) == 1);
}

TEST_CASE("a crash ordered by an operator costs no letter") {
  journal events;
  process_system world;
  auto p = world.spawn(noted_in(events));
  order(*p, crash);
  post(*p, 1);
  settle(*p);
  CHECK(events.lines() == lines{"begin", "end", "begin", "1"});
  CHECK(world.total(counter::crashes) == 1);
}

TEST_CASE("an exception that is no std::exception crashes the incarnation like any other") {
  journal events;
  auto what = noted_in(events);
  what.handle = [](probe&, letter_ptr&) -> handled { throw 42; };
  process_system world;
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  settle(*p);
  CHECK(events.lines() == lines{"begin", "refused 1", "end", "begin"});
}

TEST_CASE("a letter that was passed on before the crash is not refused: somebody else has it") {
  journal events;
  auto what = noted_in(events);
  letter_ptr elsewhere;
  what.handle = [&](probe&, letter_ptr& mail) -> handled {
    elsewhere = std::move(mail);
    throw std::runtime_error{"after it was passed on"};
  };
  process_system world;
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  settle(*p);
  CHECK(events.lines() == lines{"begin", "end", "begin"});
  CHECK(elsewhere != nullptr);
}

TEST_CASE("a crash report says what happened, during which letter") {
  journal events;
  auto what = poisoned_by(1, events);
  what.failed = [&](const exit_report& report) {
    events.add(std::string{report.how == failure::crash ? "crash " : "kill "} + report.what + " during " +
               std::to_string(static_cast<int>(report.during)));
    return verdict{.what = verdict::action::restart_now};
  };
  what.end = what.begin = nullptr;
  process_system world;
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  order(*p, kill);
  settle(*p);
  const auto frame = std::to_string(static_cast<int>(letter_kind::inbound_frame));
  const auto control = std::to_string(static_cast<int>(letter_kind::control));
  CHECK(events.lines() == lines{"refused 1", "crash poison during " + frame, "kill killed during " + control});
}

TEST_CASE("an incarnation that cannot begin counts as a crash, and the next one is tried") {
  journal events;
  auto what = noted_in(events);
  int failures_left = 3;
  what.begin = [&] {
    if (failures_left-- > 0)
      throw std::runtime_error{"not yet"};
    events.add("begin");
  };
  process_system world;
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  settle(*p);
  CHECK(events.lines() == lines{"end", "end", "end", "begin", "1"});
  CHECK(world.total(counter::crashes) == 3);
  CHECK(p->incarnation() == 1);
}

TEST_CASE("an incarnation that cannot begin after a kill spends a crash, not another kill") {
  bool fails = false;
  script what;
  what.begin = [&] {
    if (std::exchange(fails, false))
      throw 1;
  };
  process_system world;
  auto p = world.spawn(std::move(what));
  inside(*p, [&] { fails = true; });
  order(*p, kill);
  settle(*p);
  CHECK(world.total(counter::kills) == 1);
  CHECK(world.total(counter::crashes) == 1);
  CHECK(p->incarnation() == 2);
}

TEST_CASE("a process past its budget ends, refuses its mail, and takes no more") {
  journal events;
  auto what = poisoned_by(2, events);
  what.failed = [](const exit_report&) { return give_up(); };
  process_system world;
  auto p = world.spawn(std::move(what));
  {
    held h{*p};
    for (int i = 1; i <= 4; ++i)
      post(*p, i);
  }
  const auto seen = events.wait_for(8);
  CHECK(lines(seen.begin(), seen.begin() + 4) == lines{"begin", "1", "refused 2", "end"});
  CHECK(lines(seen.end() - 3, seen.end()) == lines{"ended", "refused 3", "refused 4"});
  while (p->post(std::make_unique<numbered>(5)) == nullptr) // queued before the mailbox closed: refused as well
    std::this_thread::yield();
  CHECK(p->status() == process_status::ended);
  CHECK(world.total(counter::gave_up) == 1);
}

TEST_CASE("a process that gives up while it begins ends too") {
  journal events;
  auto what = noted_in(events);
  what.begin = [] { throw std::runtime_error{"never"}; };
  what.failed = [](const exit_report&) { return give_up(); };
  process_system world;
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  const auto seen = events.wait_for(4);
  CHECK(seen.back() == "refused 1");
  CHECK(p->incarnation() == 0);
}

TEST_CASE("a handler that says so ends the process in good order, and what is left is refused") {
  journal events;
  auto what = noted_in(events);
  what.handle = [&](probe&, letter_ptr& mail) { return number_of(*mail) == 2 ? handled::end : handled::done; };
  what.ended = [&](const caf::error& reason) { events.add(reason ? "failed" : "in good order"); };
  what.begin = what.end = nullptr;
  process_system world;
  auto p = world.spawn(std::move(what));
  {
    held h{*p};
    for (int i = 1; i <= 3; ++i)
      post(*p, i);
  }
  CHECK(events.wait_for(2) == lines{"in good order", "refused 3"});
  CHECK(world.total(counter::gave_up) == 0);
}
