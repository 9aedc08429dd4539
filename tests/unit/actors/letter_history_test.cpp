#include "actors/letter_history.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace lintel::actors;
using kinds = std::vector<letter_kind>;

namespace {

kinds in(const letter_history& history) {
  kinds all;
  history.for_each([&](letter_kind kind) { all.push_back(kind); });
  return all;
}

} // namespace

TEST_CASE("a history holds what was noted, latest first") {
  letter_history history;
  CHECK(in(history).empty());
  history.note(letter_kind::control); // the kind with number 0 is not taken for nothing
  history.note(letter_kind::room_join);
  history.note(letter_kind::caf_message);
  CHECK(in(history) == kinds{letter_kind::caf_message, letter_kind::room_join, letter_kind::control});
}

TEST_CASE("a history forgets all but the last eight") {
  letter_history history;
  history.note(letter_kind::room_push);
  for (int i = 0; i < 8; ++i)
    history.note(letter_kind::inbound_frame);
  CHECK(in(history) == kinds(8, letter_kind::inbound_frame));
}
