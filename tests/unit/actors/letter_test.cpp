#include "actors/letter.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace lintel::actors;

TEST_CASE("every kind of letter has a name of its own") {
  std::set<std::string> names;
  const auto count = static_cast<int>(letter_kind::none) + 1;
  for (int kind = 0; kind < count; ++kind)
    names.emplace(name_of(static_cast<letter_kind>(kind)));
  CHECK(names.size() == static_cast<std::size_t>(count));
  CHECK(names.count("") == 0);
  CHECK(name_of(letter_kind::inbound_frame) == "inbound_frame");
  CHECK(name_of(letter_kind::worker_call) == "worker_call");
  CHECK(name_of(letter_kind::caf_message) == "caf_message");
}
