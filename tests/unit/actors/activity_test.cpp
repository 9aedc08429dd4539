// What a thread says about the handler that it is in, when the watchdog asks it by a signal.

#include "actors/activity.hpp"

#include "tests/support/probe.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <thread>

using namespace lintel::testing;
using namespace std::chrono_literals;
using lintel::actors::activity;
using lintel::actors::in_handler;
using question = activity::question;
using outcome = activity::outcome;

namespace {

/// The one thread that is at something, once there is one.
activity* busy_thread(process_system& world) {
  auto& pool = world.config.pool();
  for (int i = 0; i < 30'000; ++i) {
    for (std::size_t seat = 0; seat < pool.seats(); ++seat)
      if (pool.activity_of(seat).look().is_in_handler())
        return &pool.activity_of(seat);
    std::this_thread::sleep_for(1ms);
  }
  return nullptr;
}

/// Holds a process in a handler until the test is done with it.
class busy_process {
public:
  explicit busy_process(process_system& world, std::uint16_t pinned_to = light_process::anywhere)
      : process_(world.spawn({}, pinned_to)) {
    run_in(*process_, [this] {
      began_.arrive();
      (void)over_.wait();
    });
    (void)began_.wait();
  }
  ~busy_process() {
    over_.arrive();
    settle(*process_);
  }
  busy_process(const busy_process&) = delete;
  busy_process& operator=(const busy_process&) = delete;

private:
  gate began_, over_;
  const probe_ptr process_;
};

} // namespace

TEST_CASE("a thread is busy as long as a handler is, and each handler looks different") {
  process_system world{1};
  auto* at = [&] {
    busy_process busy{world};
    auto* found = busy_thread(world);
    REQUIRE(found != nullptr);
    const auto job = found->look();
    CHECK(job.is_busy());
    CHECK(found->look() == job);
    return found;
  }();
  const auto before = at->look();
  busy_process another{world};
  auto* again = busy_thread(world);
  REQUIRE(again != nullptr);
  CHECK((again != at || again->look() != before));
}

TEST_CASE("asked for its name, a thread says who it runs and with what") {
  activity::install_signal_handler();
  process_system world{1};
  busy_process busy{world};
  auto* at = busy_thread(world);
  REQUIRE(at != nullptr);
  REQUIRE(at->ask(at->look(), question::name) == outcome::answered);
  CHECK(at->account().actor() == "probe");
  CHECK(at->account().is_in_handler);
  CHECK(at->account().during == letter_kind::worker_call);
  CHECK(at->account().frame_count == 0);
}

TEST_CASE("a thread answers although whoever started the process had blocked all signals") {
  activity::install_signal_handler();
  sigset_t everything, before;
  sigfillset(&everything);
  pthread_sigmask(SIG_SETMASK, &everything, &before);
  process_system world{1}; // its threads inherit that
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  busy_process busy{world};
  auto* at = busy_thread(world);
  REQUIRE(at != nullptr);
  CHECK(at->ask(at->look(), question::name) == outcome::answered);
}

TEST_CASE("asked for its stack, a thread shows where it is, and goes on") {
  activity::install_signal_handler();
  process_system world{1};
  {
    busy_process busy{world, 0};
    auto* at = busy_thread(world);
    REQUIRE(at != nullptr);
    CHECK(at->worker() == 0);
    for (int i = 0; i < 3; ++i) {
      REQUIRE(at->ask(at->look(), question::stack) == outcome::answered);
      CHECK(at->account().frame_count > 3);
    }
  }
  auto next = world.spawn({}, 0);
  settle(*next);
}

TEST_CASE("a thread that has moved on does not answer for what it did before") {
  activity::install_signal_handler();
  process_system world{1};
  busy_process busy{world, 0};
  auto* at = busy_thread(world);
  REQUIRE(at != nullptr);
  auto earlier = at->look();
  earlier.bits -= 4;
  CHECK(at->ask(earlier, question::stop) == outcome::moved_on);
  CHECK(at->ask(at->look(), question::name) == outcome::answered);
}

TEST_CASE("nobody answers for a thread that is gone") {
  activity nobody;
  CHECK(nobody.ask(nobody.look(), question::name) == outcome::silent);
  std::thread{[&] {
    nobody.sit_down();
    nobody.leave();
  }}.join();
  CHECK(nobody.ask(nobody.look(), question::name) == outcome::silent);
  CHECK_FALSE(nobody.look().is_busy());
}

TEST_CASE("mail that a stopped handler had in hand is taken once, and not if it was passed on") {
  activity at;
  std::thread{[&] {
    at.sit_down();
    letter_ptr mail = std::make_unique<numbered>(7);
    {
      const in_handler doing{mail};
      const auto taken = at.take_letter();
      REQUIRE(taken != nullptr);
      CHECK(number_of(*taken) == 7);
      CHECK(mail == nullptr);
      CHECK(at.take_letter() == nullptr);
      CHECK(at.take_caf_mail() == nullptr);
    }
    mail = std::make_unique<numbered>(8);
    const in_handler doing{mail};
    mail.reset();
    CHECK(at.take_letter() == nullptr);
    at.leave();
  }}.join();
}
