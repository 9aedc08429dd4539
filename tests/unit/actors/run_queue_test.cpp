#include "actors/run_queue.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <random>

using lintel::actors::run_queue;

namespace {

// The queue never looks behind the pointer.
caf::resumable* job(std::uintptr_t number) { return reinterpret_cast<caf::resumable*>(number * 8); }

} // namespace

TEST_CASE("an empty run queue has no job") {
  run_queue queue;
  CHECK(queue.is_empty());
  CHECK(queue.pop() == nullptr);
}

TEST_CASE("jobs leave in the order they came, growing or not") {
  run_queue queue;
  for (std::uintptr_t i = 1; i <= 1000; ++i)
    queue.push(job(i));
  CHECK(queue.size() == 1000);
  for (std::uintptr_t i = 1; i <= 1000; ++i)
    REQUIRE(queue.pop() == job(i));
  CHECK(queue.is_empty());
}

TEST_CASE("a ring that wrapped around grows without mixing up its jobs") {
  run_queue queue;
  for (std::uintptr_t i = 1; i <= 200; ++i)
    queue.push(job(i));
  for (std::uintptr_t i = 1; i <= 150; ++i)
    REQUIRE(queue.pop() == job(i));
  for (std::uintptr_t i = 201; i <= 600; ++i)
    queue.push(job(i));
  for (std::uintptr_t i = 151; i <= 600; ++i)
    REQUIRE(queue.pop() == job(i));
  CHECK(queue.pop() == nullptr);
}

TEST_CASE("a random run queue agrees with a deque") {
  std::mt19937 random{7};
  run_queue queue;
  std::deque<caf::resumable*> oracle;
  for (std::uintptr_t i = 1; i <= 100'000; ++i) {
    if (random() % 100 < 52) {
      queue.push(job(i));
      oracle.push_back(job(i));
    } else {
      auto* expected = oracle.empty() ? nullptr : oracle.front();
      if (!oracle.empty())
        oracle.pop_front();
      REQUIRE(queue.pop() == expected);
    }
    REQUIRE(queue.size() == oracle.size());
  }
}
