// Handlers that never end, each in a process of its own: a thread that was stopped in one cannot be joined.

#include "actors/watchdog.hpp"

#include "tests/unit/actors/process_scripts.hpp"

#include <caf/scoped_actor.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

// glibc's allocator, also where a sanitizer's stands in front of it.
extern "C" void* __libc_malloc(std::size_t);
extern "C" void __libc_free(void*);

using namespace lintel::testing;
using lintel::actors::stuck_limits;

namespace {

// Long enough for a thread that a busy machine does not run for a while.
constexpr stuck_limits limits{.warn = 60ms, .stack = 120ms, .abandon = 250ms};

/// Where it was wrong, for the one who reads the failure.
bool is(bool holds, const char* what) {
  if (!holds)
    std::fprintf(stderr, "in the child: not %s\n", what);
  return holds;
}

/// Runs `body` in a child process, and returns its status as waitpid does: 0 if it left with true.
int status_of(void (*body)()) {
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);                    // Catch's would be about this process
    ::alarm(static_cast<unsigned>(patience.count())); // whatever hangs there, it ends
    body();
    std::_Exit(2);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

/// Out of the child, past all destructors: they would wait for the thread that stands still.
[[noreturn]] void leave(bool is_good) { std::_Exit(is_good ? 0 : 1); }

[[noreturn]] void hang() {
  for (;;)
    std::this_thread::sleep_for(1s);
}

/// Notes everything, and never ends at the letter 1.
script stuck_at_1(journal& events) {
  auto what = noted_in(events);
  what.handle = [&events](probe&, letter_ptr& mail) {
    if (number_of(*mail) == 1)
      hang();
    events.add(std::to_string(number_of(*mail)));
    return handled::done;
  };
  return what;
}

const lines refused_and_gone_on{"begin", "0", "refused 1", "end", "begin", "2"};

void goes_on_without(std::uint16_t pinned_to) {
  journal events;
  process_system world{1, limits};
  auto stuck = world.spawn(stuck_at_1(events), pinned_to);
  for (int number : {0, 1, 2})
    post(*stuck, number);
  leave(is(events.wait_for(6) == refused_and_gone_on, "refused, begun again, and gone on") &&
        is(world.total(counter::abandoned) == 1, "one abandoned") &&
        is(world.total(counter::stuck_warned) >= 1, "a warning") &&
        is(world.total(counter::crashes) == 1, "one crash") && is(world.total(counter::restarts) == 1, "one restart") &&
        is(world.config.pool().stopped_threads() == 1, "one thread that stands still") &&
        is(stuck->incarnation() == 2, "the second incarnation") &&
        is(stuck->last_exit() == lintel::actors::exit_kind::stuck, "stuck, as the second knows"));
}

} // namespace

TEST_CASE("a movable process goes on without a handler that never ends") {
  CHECK(status_of([] { goes_on_without(light_process::anywhere); }) == 0);
}

TEST_CASE("a pinned process goes on without a handler that never ends") {
  CHECK(status_of([] { goes_on_without(0); }) == 0);
}

TEST_CASE("who shares the worker of a stuck pinned process goes on, on that worker") {
  CHECK(status_of([] {
          journal events;
          process_system world{2, limits};
          auto stuck = world.spawn(stuck_at_1(events), 0);
          auto neighbour = world.spawn({}, 0);
          post(*stuck, 1);
          const bool is_at_home = inside(*neighbour, [] { return worker::current()->index() == 0; });
          leave(is(is_at_home, "on its worker") && is(world.config.pool().stopped_threads() == 1, "one stopped"));
        }) == 0);
}

TEST_CASE("who is stuck is known by name for as long as that lasts") {
  process_system world{2, {.warn = 20ms}};
  auto p = world.spawn({});
  const auto& watch = world.config.pool().stuck_watch();
  CHECK(watch.stuck_actors().empty());
  {
    held h{*p};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (watch.stuck_actors() != lines{"probe"})
      REQUIRE(std::chrono::steady_clock::now() < deadline);
  }
  settle(*p);
  CHECK(watch.stuck_actors().empty());
}

TEST_CASE("a letter that the stuck handler had passed on is not refused") {
  CHECK(status_of([] {
          journal events;
          process_system world{1, limits};
          auto heir = world.spawn(noted_in(events));
          auto what = noted_in(events);
          what.handle = [&](probe&, letter_ptr& mail) {
            heir->post(std::move(mail));
            hang();
            return handled::done;
          };
          what.begin = nullptr;
          auto stuck = world.spawn(what);
          post(*stuck, 1);
          leave(is(events.wait_for(3) == lines{"begin", "1", "end"}, "handled once, by the heir"));
        }) == 0);
}

TEST_CASE("a handler that does nothing but allocate is stopped where it holds no lock of the allocator") {
  CHECK(status_of([] {
          process_system world{1, limits};
          std::array<std::vector<void*>, 3> left;
          for (auto& blocks : left) {
            auto stuck = world.spawn({});
            const auto before = world.total(counter::abandoned);
            run_in(*stuck, [&] {
              blocks.resize(1000);
              for (auto& block : blocks)
                block = __libc_malloc(5000); // of this thread's arena, and too large for its cache
              for (;;)
                __libc_free(__libc_malloc(5000));
            });
            for (int i = 0; i < 30'000 && world.total(counter::abandoned) == before; ++i)
              std::this_thread::sleep_for(1ms);
            for (auto* block : blocks)
              __libc_free(block); // waits for ever if that arena is locked
          }
          leave(is(world.total(counter::abandoned) == 3, "three abandoned"));
        }) == 0);
}

TEST_CASE("an incarnation that never begins is followed by one that does") {
  CHECK(status_of([] {
          journal events;
          process_system world{1, limits};
          auto what = noted_in(events);
          bool is_first = true;
          what.begin = [&] {
            if (std::exchange(is_first, false))
              hang();
            events.add("begin");
          };
          auto stuck = world.spawn(what);
          post(*stuck, 1);
          leave(is(events.wait_for(3) == lines{"end", "begin", "1"}, "begun, and then the letter"));
        }) == 0);
}

TEST_CASE("a request that was being handled is answered with an error") {
  CHECK(status_of([] {
          process_system world{2, limits};
          auto stuck = world.spawn({.handle_caf = [](caf::mailbox_element&) { hang(); }});
          caf::scoped_actor self{world.system};
          bool is_error = false;
          self->request(handle_of(*stuck), patience, 1)
              .receive([](int) {}, [&](const caf::error& e) { is_error = e != caf::sec::request_timeout; });
          leave(is(is_error, "an error in time"));
        }) == 0);
}

TEST_CASE("a process that is stuck again and again is judged as one that crashes") {
  CHECK(status_of([] {
          journal events;
          process_system world{1, limits};
          auto what = stuck_at_1(events);
          what.failed = [left = 2](const exit_report& report) mutable {
            const bool is_over = report.how != failure::crash || report.what != "stuck" || left-- == 0;
            return is_over ? give_up() : verdict{};
          };
          auto stuck = world.spawn(what, 0);
          for (int i = 0; i < 3; ++i)
            post(*stuck, 1);
          const lines expected{"begin", "refused 1", "end", "begin", "refused 1", "end",
                               "begin", "refused 1", "end", "end",   "ended"};
          leave(is(events.wait_for(expected.size()) == expected, "given up after the third time") &&
                is(world.total(counter::gave_up) == 1, "given up") &&
                is(world.total(counter::abandoned) == 3, "three times abandoned"));
        }) == 0);
}

TEST_CASE("what a kill could not reach is reached once the stuck handler is abandoned") {
  CHECK(status_of([] {
          journal events;
          process_system world{1, limits};
          auto stuck = world.spawn(stuck_at_1(events));
          post(*stuck, 1);
          order(*stuck, lintel::testing::kill);
          post(*stuck, 2);
          leave(is(events.wait_for(7) == lines{"begin", "refused 1", "end", "begin", "end", "begin", "2"},
                   "killed after that, and gone on"));
        }) == 0);
}

TEST_CASE("a process that comes back in time is not abandoned, nor stopped later") {
  CHECK(status_of([] {
          process_system world{1, {.warn = 10ms, .abandon = 10s}};
          auto slow = world.spawn({});
          for (int i = 0; i < 3; ++i)
            inside(*slow, [&] {
              for (int waits = 0; waits < 30'000 && world.total(counter::stuck_warned) <= static_cast<unsigned>(i);
                   ++waits)
                std::this_thread::sleep_for(1ms);
            });
          leave(is(world.total(counter::stuck_warned) >= 3, "three warnings") &&
                is(world.total(counter::abandoned) == 0, "nobody abandoned"));
        }) == 0);
}

TEST_CASE("a process none of whose workers gets anywhere is ended by SIGABRT") {
  const auto status = status_of([] {
    process_system world{2, {.warn = 20ms, .abort = 100ms}};
    journal events;
    auto one = world.spawn(stuck_at_1(events), 0);
    auto other = world.spawn(stuck_at_1(events), 1);
    post(*one, 1);
    post(*other, 1);
    hang();
  });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("a stall blocks with the next letter in hand, and handles it when it is over") {
  journal events;
  process_system world{1};
  auto process = world.spawn(noted_in(events));
  const auto stall = [&](lintel::actors::stall_plan plan) {
    process->post(std::make_unique<control_letter>(control_letter::order::stall, plan));
  };
  stall({.length = 1ms});
  stall({.length = 1ms, .is_busy = true});
  stall({.length = 1ms, .is_for_next = true});
  settle(*process);
  stall({.length = 1ms, .is_for_next = true}); // and asleep until there is something
  stall({.length = 1ms, .is_busy = true, .is_for_next = true});
  for (int number : {1, 2, 3})
    post(*process, number);
  order(*process, lintel::testing::kill);
  post(*process, 4);
  CHECK(events.wait_for(7) == lines{"begin", "1", "2", "3", "end", "begin", "4"});
  CHECK(world.total(counter::crashes) == 0);
}
