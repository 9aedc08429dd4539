#include "loadgen/recovery_ledger.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

namespace {

constexpr std::uint32_t missed = 3;

stream_answer standing_at(std::uint64_t offset) { return {.epoch = "e", .offset = offset}; }
stream_answer recovered_to(std::uint64_t offset, std::uint32_t count = missed) {
  return {.epoch = "e", .offset = offset, .is_recovered = true, .count = count};
}

/// One client that was at 10.
recovery_ledger away() {
  recovery_ledger ledger{1, missed};
  ledger.join(0, standing_at(10));
  return ledger;
}

} // namespace

TEST_CASE("a client asks for what came after its last message") {
  CHECK(away().recover_of(0) == R"({"epoch":"e","offset":10,"limit":3})");
}

TEST_CASE("a client is complete with the last message that it missed, and not before") {
  auto ledger = away();
  CHECK_FALSE(ledger.come_back(0, recovered_to(13)));
  CHECK_FALSE(ledger.receive(0, 11));
  CHECK_FALSE(ledger.receive(0, 12));
  CHECK(ledger.verdict().complete == 0);
  CHECK(ledger.receive(0, 13));
  CHECK(ledger.verdict().complete == 1);
  CHECK(ledger.verdict().recovered == 1);
  CHECK(ledger.verdict().messages == 3);
  CHECK(ledger.verdict().first_example.empty());
}

TEST_CASE("who missed nothing has everything at once") {
  recovery_ledger ledger{1, 0};
  ledger.join(0, standing_at(10));
  CHECK(ledger.come_back(0, recovered_to(10, 0)));
  CHECK(ledger.verdict().complete == 1);
}

TEST_CASE("a message that comes again is noticed, also behind the last one") {
  auto ledger = away();
  ledger.come_back(0, recovered_to(13));
  ledger.receive(0, 11);
  CHECK_FALSE(ledger.receive(0, 11));
  ledger.receive(0, 12);
  ledger.receive(0, 13);
  CHECK_FALSE(ledger.receive(0, 13));
  CHECK_FALSE(ledger.receive(0, 14));
  CHECK(ledger.verdict().repeated == 3);
  CHECK(ledger.verdict().messages == 3);
  CHECK(ledger.verdict().complete == 1);
}

TEST_CASE("a message that is left out is noticed") {
  auto ledger = away();
  ledger.come_back(0, recovered_to(13));
  ledger.receive(0, 11);
  CHECK(ledger.receive(0, 13));
  CHECK(ledger.verdict().left_out == 1);
  CHECK(ledger.verdict().messages == 2);
}

TEST_CASE("a client that is told anything but what it missed waits for nothing") {
  const auto refused_with = [](const stream_answer& answer) {
    auto ledger = away();
    CHECK(ledger.come_back(0, answer));
    CHECK(ledger.verdict().complete == 0);
    CHECK_FALSE(ledger.verdict().first_example.empty());
    return ledger.verdict().refused;
  };
  CHECK(refused_with(standing_at(13)) == 1);
  CHECK(refused_with(recovered_to(13, 2)) == 1);
  CHECK(refused_with(recovered_to(14)) == 1);
  CHECK(refused_with({.epoch = "f", .offset = 13, .is_recovered = true, .count = missed}) == 1);
}

TEST_CASE("what is sent to a client that was refused is too much") {
  auto ledger = away();
  ledger.come_back(0, standing_at(13));
  CHECK_FALSE(ledger.receive(0, 11));
  CHECK(ledger.verdict().repeated == 1);
}
