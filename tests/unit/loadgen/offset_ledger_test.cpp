#include "loadgen/offset_ledger.hpp"

#include "base/ensure.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

namespace {

constexpr std::uint64_t all = 1000;

/// Room 0, whose stream stood at 10, with three messages that were acknowledged.
offset_ledger three_acknowledged() {
  offset_ledger ledger{2};
  ledger.begin(0, 10);
  ledger.acknowledge(0, 12, {1, 1});
  ledger.acknowledge(0, 11, {2, 1});
  ledger.acknowledge(0, 13, {1, 2});
  return ledger;
}

void read_three(offset_ledger& ledger) {
  ledger.read(0, 11, {2, 1});
  ledger.read(0, 12, {1, 1});
  ledger.read(0, 13, {1, 2});
}

} // namespace

TEST_CASE("messages with one offset each that are all read back are what is promised") {
  auto ledger = three_acknowledged();
  read_three(ledger);
  const auto verdict = ledger.judge(all);
  CHECK(verdict.acknowledged == 3);
  CHECK(verdict.read_back == 3);
  CHECK(verdict.repeated + verdict.holes + verdict.missing + verdict.differing == 0);
  CHECK(verdict.first_example.empty());
}

TEST_CASE("an offset that two messages were given is noticed") {
  auto ledger = three_acknowledged();
  ledger.acknowledge(0, 12, {7, 1});
  const auto verdict = ledger.judge(0);
  CHECK(verdict.repeated == 1);
  CHECK(verdict.first_example ==
        "room 0: the offset 12 was given to message 1 of sender 1 and to message 1 of sender 7");
}

TEST_CASE("an offset at or before the stream's beginning is not ours") {
  auto ledger = three_acknowledged();
  ledger.acknowledge(0, 10, {7, 1});
  CHECK(ledger.judge(0).repeated == 1);
  ledger.acknowledge(0, 10 + offset_ledger::offsets_max + 1, {7, 2});
  CHECK(ledger.judge(0).repeated == 2);
}

TEST_CASE("an offset that nobody was given is a hole, unless a push was left without an answer") {
  auto ledger = three_acknowledged();
  ledger.acknowledge(0, 15, {1, 3});
  CHECK(ledger.judge(0).holes == 1);
  ledger.leave_unanswered(0);
  CHECK(ledger.judge(0).holes == 0);
  ledger.acknowledge(0, 17, {1, 4});
  CHECK(ledger.judge(0).holes == 1);
}

TEST_CASE("what was acknowledged and is not in the history is missing") {
  auto ledger = three_acknowledged();
  ledger.read(0, 11, {2, 1});
  ledger.read(0, 13, {1, 2});
  const auto verdict = ledger.judge(all);
  CHECK(verdict.missing == 1);
  CHECK(verdict.first_example == "room 0: the history lacks message 1 of sender 1, acknowledged with the offset 12");
}

TEST_CASE("a topic must keep its newest messages only") {
  auto ledger = three_acknowledged();
  CHECK(ledger.read_after(0, 2) == 11);
  CHECK(ledger.read_after(0, all) == 10);
  ledger.read(0, 12, {1, 1});
  ledger.read(0, 13, {1, 2});
  CHECK(ledger.judge(2).missing == 0);
  CHECK(ledger.judge(3).missing == 1);
}

TEST_CASE("another message at an offset that was acknowledged is noticed, and does not count as read") {
  auto ledger = three_acknowledged();
  read_three(ledger);
  ledger.read(0, 12, {9, 9});
  CHECK(ledger.judge(all).differing == 1);
  auto other = three_acknowledged();
  other.read(0, 12, {9, 9});
  CHECK(other.judge(all).differing == 1);
  CHECK(other.judge(all).read_back == 0);
  CHECK(other.judge(all).missing == 3);
}

TEST_CASE("reading twice and reading what is not of this run change nothing") {
  auto ledger = three_acknowledged();
  read_three(ledger);
  read_three(ledger);
  ledger.read(0, 10, {5, 5});
  ledger.read(0, 14, {5, 5});
  const auto verdict = ledger.judge(all);
  CHECK(verdict.read_back == 3);
  CHECK(verdict.differing == 0);
}

TEST_CASE("the first of several to join decides where a room begins, and nobody joins later") {
  offset_ledger ledger{1};
  ledger.begin(0, 5);
  ledger.begin(0, 7);
  ledger.begin(0, 4);
  CHECK(ledger.newest(0) == 4);
  ledger.acknowledge(0, 5, {1, 1});
  CHECK(ledger.newest(0) == 5);
  CHECK_THROWS_AS(ledger.begin(0, 5), lintel::base::broken_invariant);
}
