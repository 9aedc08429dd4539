#include "loadgen/leak_check.hpp"

#include "loadgen/churn.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

server_holdings held() {
  return {.rss_bytes = 100 * mebibyte,
          .pss_bytes = 90 * mebibyte,
          .descriptors = 31,
          .threads = 11,
          .levels = {.connections_open = 0, .processes_alive = 10, .rooms = 0, .timers = 0, .deadlines = 2}};
}

std::string judged(const server_holdings& after) {
  report found{"churn"};
  add_leak_checks(found, held(), after);
  return found.text();
}

bool fails_alone(const server_holdings& after, const std::string& what) {
  const auto text = judged(after);
  const auto first = text.find("  FAIL  ");
  return first != std::string::npos && text.find("  FAIL  ", first + 1) == std::string::npos &&
         text.find("  FAIL  " + what) == first;
}

} // namespace

TEST_CASE("a server that holds what it held has no leak") {
  const auto text = judged(held());
  CHECK(text.find("FAIL") == std::string::npos);
  CHECK(text.find("  PASS  file descriptors: 31 before, 31 after\n") != std::string::npos);
  CHECK(text.find("  PASS  resident memory: 100.0 MiB before, 100.0 MiB after (+0.0 %, 5 % allowed)\n") !=
        std::string::npos);
}

TEST_CASE("each thing that became more is a leak of its own") {
  auto after = held();
  after.descriptors = 32;
  CHECK(fails_alone(after, "file descriptors: 31 before, 32 after"));
  after = held();
  after.threads = 12;
  CHECK(fails_alone(after, "threads"));
  after = held();
  after.levels.processes_alive = 11;
  CHECK(fails_alone(after, "light processes"));
  after = held();
  after.levels.rooms = 1;
  CHECK(fails_alone(after, "rooms"));
  after = held();
  after.levels.timers = 1;
  CHECK(fails_alone(after, "timers"));
  after = held();
  after.levels.deadlines = 3;
  CHECK(fails_alone(after, "entries of the deadline wheels"));
  after = held();
  after.levels.connections_open = 1;
  CHECK(fails_alone(after, "connections open"));
}

TEST_CASE("memory may grow by five percent, and other things may become less") {
  auto after = held();
  after.rss_bytes = 105 * mebibyte;
  after.descriptors = 30;
  CHECK(judged(after).find("FAIL") == std::string::npos);
  after.rss_bytes = 106 * mebibyte;
  CHECK(fails_alone(after, "resident memory"));
}

TEST_CASE("what cannot be read has not been checked, and fails") {
  auto after = held();
  after.descriptors.reset();
  CHECK(fails_alone(after, "file descriptors"));
  after = held();
  after.rss_bytes.reset();
  CHECK(fails_alone(after, "resident memory"));
}

TEST_CASE("pushes have to add up, and lives to have been lived") {
  const auto verdict = [](const churn_tally& tally) {
    report found{"churn"};
    add_churn_checks(found, tally, 10);
    return found.is_ok();
  };
  churn_tally good{.cycles = 10, .pushes = 6, .answered_ok = 3, .answered_with_error = 1, .closed = 2};
  CHECK(verdict(good));
  auto lost = good;
  lost.closed = 1;
  CHECK_FALSE(verdict(lost));
  auto doubled = good;
  doubled.answered_again = 1;
  CHECK_FALSE(verdict(doubled));
  auto hanging = good;
  hanging.unanswered = 1;
  CHECK_FALSE(verdict(hanging));
  auto unlived = good;
  unlived.cycles = 9;
  CHECK_FALSE(verdict(unlived));
  auto failed = good;
  failed.fail("why");
  CHECK_FALSE(verdict(failed));
}

TEST_CASE("a server is settled when nothing is above where it was") {
  const server_levels base{.connections_open = 1, .processes_alive = 10, .rooms = 2, .timers = 3, .deadlines = 4};
  CHECK(base.is_within(base));
  CHECK(server_levels{}.is_within(base));
  for (auto member : {&server_levels::connections_open, &server_levels::processes_alive, &server_levels::rooms,
                      &server_levels::timers, &server_levels::deadlines}) {
    auto more = base;
    ++(more.*member);
    CHECK_FALSE(more.is_within(base));
  }
}
