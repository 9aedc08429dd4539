// A handler that takes long keeps its thread, not its worker.

#include "tests/support/probe.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace lintel::testing;
using namespace std::chrono_literals;
using lintel::actors::counter;
using lintel::actors::job_mark;
using lintel::actors::worker;
using lintel::actors::worker_pool;

TEST_CASE("a job that nobody took ends on the thread that began it") {
  job_mark mark;
  const auto job = mark.begin(job_mark::kind::movable);
  CHECK(mark.look() == job);
  CHECK(mark.end(job));
  CHECK(mark.look().what() == job_mark::kind::none);
  CHECK(mark.end(mark.begin(job_mark::kind::pinned)));
}

TEST_CASE("a job is taken once, while it runs, and its thread learns of it") {
  job_mark mark;
  const auto over = mark.begin(job_mark::kind::movable);
  CHECK(mark.end(over));
  CHECK_FALSE(mark.take(over));
  const auto job = mark.begin(job_mark::kind::movable);
  CHECK_FALSE(mark.take(over));
  CHECK(mark.take(job));
  CHECK_FALSE(mark.take(job));
  mark.start_over(); // the other thread
  const auto next = mark.begin(job_mark::kind::movable);
  CHECK_FALSE(mark.end(job));
  CHECK(mark.end(next));
}

TEST_CASE("pinned jobs go on while a movable handler of their worker does not end") {
  process_system world{1}; // nobody else who could help
  auto busy = world.spawn({});
  auto pinned = world.spawn({}, 0);
  auto movable = world.spawn({});
  gate done{3};
  const bool is_done = inside(*busy, [&] {
    CHECK(worker::current() == nullptr);
    run_in(*pinned, [&] {
      if (worker::current()->index() == 0)
        done.arrive();
    });
    run_in(*movable, [&] { done.arrive(); });
    run_in(*pinned, [&] { worker::current()->call_after(1ms, [&] { done.arrive(); }); });
    return done.wait();
  });
  CHECK(is_done);
  CHECK(world.total(counter::hand_overs) >= 1);
}

TEST_CASE("the time that a worker waited for another thread is part of its lag") {
  process_system world{1};
  auto pinned = world.spawn({}, 0);
  std::vector<probe_ptr> busy;
  gate all_threads_are_taken{5}; // its own and four in reserve
  gate first_ends, others_end;
  for (int i = 0; i < 5; ++i) {
    busy.push_back(world.spawn({}));
    run_in(*busy.back(), [&, i] {
      all_threads_are_taken.arrive();
      (void)(i == 0 ? first_ends : others_end).wait();
    });
  }
  CHECK(all_threads_are_taken.wait());
  std::this_thread::sleep_for(100ms);
  first_ends.arrive();
  settle(*pinned); // on the thread that is free now
  CHECK(world.config.pool().at(0).lag().read().max_us >= 100'000);
  others_end.arrive();
  for (const auto& one : busy)
    settle(*one);
}

TEST_CASE("what a handler wakes after it lost its worker is not left lying") {
  process_system world{1};
  auto pinned = world.spawn({}, 0);
  auto movable = world.spawn({});
  for (int round = 0; round < 20; ++round) {
    auto busy = world.spawn({}); // a new one: the last one's thread may go on with its mail, without the worker
    const auto before = world.total(counter::hand_overs);
    gate ran{2};
    inside(*busy, [&] {
      for (int i = 0; i < 30'000 && world.total(counter::hand_overs) == before; ++i)
        std::this_thread::sleep_for(1ms);
      run_in(*pinned, [&] { ran.arrive(); });
      run_in(*movable, [&] { ran.arrive(); });
    });
    REQUIRE(ran.wait());
  }
}

TEST_CASE("long handlers, one after another and at once, leave the workers theirs") {
  process_system world{2};
  std::vector<probe_ptr> busy;
  for (int i = 0; i < 12; ++i)
    busy.push_back(world.spawn({}));
  std::vector<probe_ptr> pinned{world.spawn({}, 0), world.spawn({}, 1)};
  constexpr int handlers = 60;
  constexpr int small_jobs = 200;
  gate ended{handlers};
  gate served{2 * small_jobs};
  for (int i = 0; i < handlers; ++i)
    run_in(*busy[static_cast<std::size_t>(i) % busy.size()], [&] {
      std::this_thread::sleep_for(5ms);
      ended.arrive();
    });
  std::atomic<int> misplaced = 0;
  for (int i = 0; i < small_jobs; ++i)
    for (std::size_t home = 0; home < 2; ++home)
      run_in(*pinned[home], [&, home] {
        misplaced += worker::current()->index() != home ? 1 : 0;
        served.arrive();
      });
  CHECK(served.wait());
  CHECK(ended.wait());
  CHECK(misplaced == 0);
  CHECK(world.total(counter::hand_overs) >= 1);
}

TEST_CASE("a movable process that backs off after a long handler wakes up again") {
  std::atomic<int> begun = 0;
  script what;
  what.begin = [&] { ++begun; };
  what.failed = [](const lintel::actors::exit_report&) {
    return lintel::supervisors::verdict{lintel::supervisors::verdict::action::restart_after, 1ms};
  };
  process_system world{1};
  auto p = world.spawn(std::move(what));
  for (int round = 1; round <= 5; ++round) {
    run_in(*p, [] {
      std::this_thread::sleep_for(5ms);
      throw std::runtime_error{"after a while"};
    });
    settle(*p);
    CHECK(begun == round + 1);
  }
}

TEST_CASE("more long handlers than threads in reserve wait for each other and are all run") {
  process_system world{1};
  gate ended{20};
  std::vector<probe_ptr> busy;
  for (int i = 0; i < 20; ++i) {
    busy.push_back(world.spawn({}));
    run_in(*busy.back(), [&] {
      std::this_thread::sleep_for(3ms);
      ended.arrive();
    });
  }
  CHECK(ended.wait());
}
