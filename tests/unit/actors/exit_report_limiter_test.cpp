#include "actors/exit_report_limiter.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using namespace std::chrono_literals;
using ending = exit_report_limiter::ending;
using lines = std::vector<std::string>;

namespace {

constexpr exit_report_limiter::time_point start{1h};

/// `count` crashes of one actor at once; how many of them are written.
int crash(exit_report_limiter& limiter, const std::string& actor, int count, exit_report_limiter::time_point now) {
  int whole = 0;
  for (int i = 0; i < count; ++i)
    whole += limiter.admit(actor, ending::restarts, now).is_whole ? 1 : 0;
  return whole;
}

} // namespace

TEST_CASE("the first three reports of an actor are whole, the others are counted") {
  exit_report_limiter limiter;
  CHECK(crash(limiter, "a", 20, start) == 3);
  CHECK(crash(limiter, "b", 3, start) == 3); // another one's are its own
  CHECK(limiter.has_suppressed());
  CHECK(limiter.take_due(start + 9s).empty());
  CHECK(limiter.take_due(start + 10s) == lines{"exit reports of actor=a suppressed=17"});
  CHECK_FALSE(limiter.has_suppressed());
}

TEST_CASE("a loop that goes on is one line per window") {
  exit_report_limiter limiter;
  auto now = start;
  CHECK(crash(limiter, "a", 5, now) == 3);
  int summaries = 0;
  for (int second = 1; second <= 60; ++second) {
    now += 1s;
    CHECK(crash(limiter, "a", 1, now) == 0);
    summaries += static_cast<int>(limiter.take_due(now).size());
  }
  CHECK(summaries == 6);
}

TEST_CASE("after a window without a crash an actor's reports are whole again") {
  exit_report_limiter limiter;
  CHECK(crash(limiter, "a", 5, start) == 3);
  CHECK(limiter.take_due(start + 10s).size() == 1);
  CHECK(crash(limiter, "a", 1, start + 15s) == 0); // the loop goes on
  CHECK(limiter.take_due(start + 20s).size() == 1);
  CHECK(limiter.take_due(start + 40s).empty());
  CHECK(crash(limiter, "a", 4, start + 40s) == 3);
  CHECK(crash(limiter, "b", 2, start + 50s) == 2);
  CHECK(crash(limiter, "b", 4, start + 60s) == 3); // never suppressed: a window is a window
}

TEST_CASE("the crash that an actor is given up for is whole, and ends its loop with a summary") {
  exit_report_limiter limiter;
  CHECK(crash(limiter, "a", 5, start) == 3);
  const auto last = limiter.admit("a", ending::ends, start);
  CHECK(last.is_whole);
  CHECK(last.summary == "exit reports of actor=a suppressed=2");
  CHECK_FALSE(limiter.has_suppressed());
  CHECK(limiter.actors() == 0);
  CHECK(limiter.admit("a", ending::ends, start).summary.empty());
}

TEST_CASE("the whole server writes two hundred lines at once, a hundred a second, and one summary") {
  exit_report_limiter limiter;
  int whole = 0;
  for (int i = 0; i < 1'000; ++i)
    whole += crash(limiter, "actor " + std::to_string(i), 1, start);
  CHECK(whole == 200);
  CHECK(limiter.take_due(start + 1s) == lines{"exit reports suppressed=800"});
  CHECK(limiter.take_due(start + 1s).empty());
  whole = 0;
  for (int i = 0; i < 500; ++i)
    whole += crash(limiter, "later actor " + std::to_string(i), 1, start + 1s);
  CHECK(whole == 100);
}

TEST_CASE("summaries of actors are lines of the server's, and are counted when there are too many") {
  exit_report_limiter limiter{{.per_actor = 1, .per_second = 1, .burst = 2}};
  CHECK(crash(limiter, "a", 3, start) == 1);
  CHECK(crash(limiter, "b", 4, start) == 1);
  CHECK(crash(limiter, "c", 1, start) == 0);
  const auto due = limiter.take_due(start + 10s); // two lines are there by then
  CHECK(due.size() == 3);
  CHECK(due.back() == "exit reports suppressed=1");
  CHECK(crash(limiter, "a", 2, start + 10s) == 0);
  CHECK(limiter.take_due(start + 20s) == lines{"exit reports of actor=a suppressed=2"});
}

TEST_CASE("memory is bounded, and whoever has no room is held to the server's limit") {
  exit_report_limiter limiter{{.burst = 1'000'000, .actors_max = 10}};
  for (int i = 0; i < 1'000; ++i)
    CHECK(crash(limiter, "actor " + std::to_string(i), 1, start) == 1);
  CHECK(limiter.actors() == 10);
  CHECK(crash(limiter, "somebody else", 100, start) == 100);
  CHECK(crash(limiter, "yet another", 5, start + 20s) == 3); // the others have been swept away
  CHECK(limiter.actors() == 1);
}

TEST_CASE("what is left is told at the end") {
  exit_report_limiter limiter{{.per_actor = 1, .per_second = 1, .burst = 1}};
  CHECK(crash(limiter, "a\nb", 3, start) == 1);
  CHECK(crash(limiter, "c", 1, start) == 0);
  CHECK(limiter.take_all() == lines{"exit reports of actor=\"a\\nb\" suppressed=2", "exit reports suppressed=1"});
  CHECK(limiter.take_all().empty());
}
