#include "loadgen/delivery_checker.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <random>

using namespace lintel::loadgen;

namespace {

/// Twelve connections in three rooms, as two generator threads with six each; ten messages per
/// sender, sent in a random order and delivered to everybody, except where a test interferes.
class rehearsal {
public:
  static constexpr std::uint32_t connections = 12;
  static constexpr std::uint32_t rooms = 3;
  static constexpr std::uint32_t members_per_room = connections / rooms;
  static constexpr std::uint32_t messages_per_sender = 10;

  rehearsal() : ledger_(connections), received_(connections) {
    std::vector<std::uint32_t> turns;
    for (std::uint32_t sender = 0; sender < connections; ++sender)
      turns.insert(turns.end(), messages_per_sender, sender);
    std::shuffle(turns.begin(), turns.end(), std::mt19937{3});
    for (const std::uint32_t sender : turns) {
      const std::uint32_t sequence = ledger_.pushed(sender);
      ledger_.answered(sender, sequence, push_outcome::ok);
      for (std::uint32_t member = sender % rooms; member < connections; member += rooms)
        received_[member].push_back({sender, sequence});
    }
  }

  push_ledger& ledger() { return ledger_; }
  std::vector<message_key>& received(std::uint32_t member) { return received_[member]; }

  delivery_verdict judge() const {
    delivery_checker checker{rooms};
    for (const std::uint32_t first : {0u, connections / 2}) {
      delivery_log log{{first, connections / 2, rooms}};
      // Members take turns, as sockets do: nobody is the room's only source of truth.
      for (std::size_t at = 0, busy = 1; busy > 0; ++at) {
        busy = 0;
        for (std::uint32_t member = 0; member < connections / 2; ++member)
          if (at < received_[first + member].size()) {
            log.delivered(member, received_[first + member][at]);
            ++busy;
          }
      }
      archive_writer out;
      log.take().save(out);
      const std::string bytes = out.take();
      archive_reader in{bytes};
      delivery_record record;
      record.load(in);
      checker.add(std::move(record));
    }
    return checker.judge(ledger_);
  }

private:
  push_ledger ledger_;
  std::vector<std::vector<message_key>> received_;
};

} // namespace

TEST_CASE("a run without faults is clean, and every expected delivery is counted") {
  const delivery_verdict verdict = rehearsal{}.judge();
  CHECK(verdict.is_clean());
  CHECK(verdict.pushes == 120);
  CHECK(verdict.answered_ok == 120);
  CHECK(verdict.unanswered == 0);
  CHECK(verdict.expected == 120 * rehearsal::members_per_room);
}

TEST_CASE("one delivery that one member misses is one loss and nothing else") {
  const std::uint32_t member = GENERATE(range(0u, rehearsal::connections));
  const std::size_t position = GENERATE(0u, 7u, 39u);
  rehearsal run;
  auto& received = run.received(member);
  received.erase(received.begin() + static_cast<std::ptrdiff_t>(position));
  const delivery_verdict verdict = run.judge();
  CAPTURE(member, position, verdict.first_loss);
  CHECK(verdict.lost == 1);
  CHECK(verdict.duplicated == 0);
  CHECK(verdict.reordered == 0);
  CHECK(verdict.first_loss.find("never got it") != std::string::npos);
}

TEST_CASE("one delivery made twice is one duplicate and nothing else") {
  const std::uint32_t member = GENERATE(range(0u, rehearsal::connections));
  const std::size_t position = GENERATE(0u, 20u, 39u);
  rehearsal run;
  auto& received = run.received(member);
  received.push_back(received[position]);
  const delivery_verdict verdict = run.judge();
  CHECK(verdict.duplicated == 1);
  CHECK(verdict.lost == 0);
  CHECK(verdict.reordered == 0);
  CHECK_FALSE(verdict.first_duplicate.empty());
}

TEST_CASE("an immediate duplicate is seen as well as a late one") {
  rehearsal run;
  auto& received = run.received(4);
  received.insert(received.begin() + 5, received[5]);
  CHECK(run.judge().duplicated == 1);
}

TEST_CASE("two deliveries swapped at one member are a reorder and nothing else") {
  const std::uint32_t member = GENERATE(range(0u, rehearsal::connections));
  const std::size_t position = GENERATE(0u, 13u, 38u);
  rehearsal run;
  auto& received = run.received(member);
  std::swap(received[position], received[position + 1]);
  const delivery_verdict verdict = run.judge();
  CHECK(verdict.reordered == 1);
  CHECK(verdict.lost == 0);
  CHECK(verdict.duplicated == 0);
  CHECK_FALSE(verdict.first_reorder.empty());
}

TEST_CASE("a sender's messages out of order at every member alike are a reorder for each") {
  rehearsal run;
  for (std::uint32_t member = 0; member < rehearsal::connections; member += rehearsal::rooms) {
    auto& received = run.received(member);
    const auto first = std::find(received.begin(), received.end(), message_key{0, 3});
    const auto second = std::find(received.begin(), received.end(), message_key{0, 4});
    std::iter_swap(first, second);
  }
  const delivery_verdict verdict = run.judge();
  CHECK(verdict.reordered == rehearsal::members_per_room);
  CHECK(verdict.lost == 0);
}

TEST_CASE("members of two threads that disagree on the total order are found out") {
  rehearsal run;
  // Both members of the second thread see two messages of different senders the other way round:
  // each thread agrees with itself, and every sender's own order is kept.
  auto& witness = run.received(6);
  std::size_t at = 0;
  while (witness[at].sender == witness[at + 1].sender)
    ++at;
  for (const std::uint32_t member : {6u, 9u})
    std::swap(run.received(member)[at], run.received(member)[at + 1]);
  const delivery_verdict verdict = run.judge();
  CHECK(verdict.reordered == 2);
  CHECK(verdict.lost == 0);
}

TEST_CASE("a message answered ok that nobody got is lost at every member") {
  rehearsal run;
  const std::uint32_t sequence = run.ledger().pushed(2);
  run.ledger().answered(2, sequence, push_outcome::ok);
  CHECK(run.judge().lost == rehearsal::members_per_room);
}

TEST_CASE("a refused or unanswered message may reach nobody") {
  const push_outcome outcome = GENERATE(push_outcome::error, push_outcome::unanswered);
  rehearsal run;
  run.ledger().answered(2, run.ledger().pushed(2), outcome);
  const delivery_verdict verdict = run.judge();
  CHECK(verdict.is_clean());
  CHECK(verdict.answered_error + verdict.unanswered == 1);
}

TEST_CASE("a refused message may reach everybody, but not only some") {
  rehearsal run;
  const std::uint32_t sequence = run.ledger().pushed(2);
  run.ledger().answered(2, sequence, push_outcome::error);
  for (const std::uint32_t member : {2u, 5u, 8u, 11u})
    run.received(member).push_back({2, sequence});
  CHECK(run.judge().is_clean());
  run.received(8).pop_back();
  CHECK(run.judge().lost == 1);
}

TEST_CASE("messages nobody sent are reported") {
  rehearsal run;
  run.received(1).push_back({999, 1});                                // no such sender
  run.received(1).push_back({4, rehearsal::messages_per_sender + 1}); // not sent yet
  run.received(1).push_back({3, 1});                                  // of another room
  CHECK(run.judge().foreign == 3);
}

TEST_CASE("a member that hears nothing after a while has lost all the rest") {
  rehearsal run;
  run.received(7).resize(25);
  CHECK(run.judge().lost == 15);
}

TEST_CASE("many faults at once are each counted in their kind") {
  rehearsal run;
  run.received(0).erase(run.received(0).begin() + 3);
  run.received(1).push_back(run.received(1)[2]);
  std::swap(run.received(2)[30], run.received(2)[31]);
  run.received(3).erase(run.received(3).begin() + 9);
  const delivery_verdict verdict = run.judge();
  CHECK(verdict.lost == 2);
  CHECK(verdict.duplicated == 1);
  CHECK(verdict.reordered == 1);
}
