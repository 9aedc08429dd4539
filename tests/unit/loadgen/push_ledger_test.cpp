#include "loadgen/push_ledger.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

TEST_CASE("sequences of a sender count from one, and start unanswered") {
  push_ledger ledger{2};
  CHECK(ledger.pushed(1) == 1);
  CHECK(ledger.pushed(1) == 2);
  CHECK(ledger.pushed(0) == 1);
  ledger.answered(1, 2, push_outcome::error);
  CHECK(ledger.of(1) == std::vector{push_outcome::unanswered, push_outcome::error});
}

TEST_CASE("an answer to nothing is a broken invariant") {
  push_ledger ledger{1};
  CHECK_THROWS(ledger.answered(0, 1, push_outcome::ok));
  CHECK_THROWS(ledger.answered(0, 0, push_outcome::ok));
}

TEST_CASE("the senders of the next thread follow ours") {
  push_ledger ours{1};
  push_ledger theirs{1};
  theirs.pushed(0);
  archive_writer out;
  theirs.save(out);
  const std::string bytes = out.take();
  archive_reader in{bytes};
  push_ledger received;
  received.load(in);
  ours.append(std::move(received));
  CHECK(ours.sender_count() == 2);
  CHECK(ours.of(1).size() == 1);
}
