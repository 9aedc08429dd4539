#include "actors/worker_pool.hpp"

#include "tests/support/probe.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <set>
#include <thread>

using namespace lintel::testing;
using namespace std::chrono_literals;
using lintel::actors::counter;
using lintel::actors::worker;
using lintel::actors::worker_pool;

TEST_CASE("a pool has between one and 64 workers") {
  CHECK_THROWS(worker_pool{sleeping_reactors(0)});
  CHECK_THROWS(worker_pool{sleeping_reactors(65)});
  CHECK(worker_pool{sleeping_reactors(64)}.size() == 64);
}

TEST_CASE("a worker knows itself, and other threads are none") {
  CHECK(worker::current() == nullptr);
  process_system world{3};
  for (std::uint16_t home = 0; home < 3; ++home) {
    auto p = world.spawn({}, home);
    CHECK(inside(*p, [] { return worker::current()->index(); }) == home);
  }
}

TEST_CASE("a job behind a pinned handler that does not end is taken over by the worker that is idle") {
  process_system world;
  auto busy = world.spawn({}, 0);
  auto rescued = world.spawn({});
  gate saved;
  const bool is_saved = inside(*busy, [&] {
    run_in(*rescued, [&] { saved.arrive(); }); // queued behind this very handler
    return saved.wait();
  });
  CHECK(is_saved);
  CHECK(world.total(counter::rescued_jobs) >= 1);
}

TEST_CASE("the same, with the handler on each worker and many jobs behind it") {
  process_system world;
  for (std::uint16_t home = 0; home < 2; ++home) {
    auto busy = world.spawn({}, home);
    std::vector<probe_ptr> others;
    for (int i = 0; i < 100; ++i)
      others.push_back(world.spawn({}));
    gate saved{others.size()};
    const bool is_saved = inside(*busy, [&] {
      for (auto& p : others)
        run_in(*p, [&] { saved.arrive(); });
      return saved.wait();
    });
    CHECK(is_saved);
  }
}

TEST_CASE("a pinned job is never taken over") {
  process_system world;
  auto busy = world.spawn({}, 0);
  auto neighbour = world.spawn({}, 0);
  auto elsewhere = world.spawn({}, 1);
  std::atomic<bool> has_run = false;
  gate ran;
  inside(*busy, [&] {
    run_in(*neighbour, [&] {
      has_run = true;
      ran.arrive();
    });
    for (int i = 0; i < 10; ++i)
      settle(*elsewhere); // the other worker has every chance
    if (has_run)
      throw std::runtime_error{"taken over"};
  });
  CHECK(ran.wait());
  CHECK(world.total(counter::rescued_jobs) == 0);
}

TEST_CASE("jobs from threads that are no workers find one that sleeps") {
  process_system world;
  for (int i = 0; i < 1000; ++i) {
    auto p = world.spawn({});
    settle(*p);
  }
  SUCCEED();
}

TEST_CASE("four threads waking a thousand processes lose no wake-up") {
  process_system world;
  std::vector<probe_ptr> all;
  for (int i = 0; i < 1000; ++i)
    all.push_back(world.spawn({}, i % 2 == 0 ? light_process::anywhere : static_cast<std::uint16_t>(i / 2 % 2)));
  gate ran{4 * 1000};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (auto& p : all)
        run_in(*p, [&] { ran.arrive(); });
    });
  for (auto& t : threads)
    t.join();
  CHECK(ran.wait());
}

TEST_CASE("a task for later runs on the worker that asked, never early, the nearer one first") {
  process_system world;
  auto p = world.spawn({}, 1);
  struct run {
    int which;
    std::size_t on;
    bool is_early;
  };
  std::mutex mutex;
  std::vector<run> runs;
  gate all{3};
  inside(*p, [&] {
    const auto asked = worker::current()->turn_time();
    for (const int ms : {30, 1, 15})
      worker::current()->call_after(std::chrono::milliseconds{ms}, [&, asked, ms] {
        std::lock_guard lock{mutex};
        const bool is_early = worker::clock::now() < asked + std::chrono::milliseconds{ms};
        runs.push_back({ms, worker::current()->index(), is_early});
        all.arrive();
      });
  });
  REQUIRE(all.wait());
  std::lock_guard lock{mutex};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    CHECK(runs[i].which == std::vector{1, 15, 30}[i]);
    CHECK(runs[i].on == 1);
    CHECK_FALSE(runs[i].is_early);
  }
}

TEST_CASE("what is counted on workers and elsewhere adds up") {
  process_system world;
  auto& pool = world.config.pool();
  auto a = world.spawn({}, 0);
  auto b = world.spawn({}, 1);
  inside(*a, [&] { pool.count(counter::accepted, 2); });
  inside(*b, [&] { pool.count(counter::accepted, 3); });
  pool.count(counter::accepted, 5);
  CHECK(pool.total(counter::accepted) == 10);
}
