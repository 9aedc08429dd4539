#include "actors/session.hpp"

#include "tests/unit/actors/client_messages.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using namespace lintel::actors::testing;

namespace {

// Joined channels of the topics, in this order.
session joined(std::initializer_list<const char*> topics) {
  session who;
  for (const auto* topic : topics)
    add_channel(who, topic, channel::phase::joined);
  return who;
}

std::vector<std::string> topics_of(const session& who) {
  std::vector<std::string> topics;
  for (const auto& c : who.channels)
    topics.emplace_back(c.topic());
  return topics;
}

} // namespace

TEST_CASE("a channel is found by its topic while joining and when joined") {
  session who = joined({"room:a"});
  add_channel(who, "room:b", channel::phase::joining);
  CHECK(who.find("room:a") == &who.channels[0]);
  CHECK(who.find("room:b") == &who.channels[1]);
  CHECK(who.find("room:") == nullptr);
}

TEST_CASE("a channel is found by its leg, not by the topic of another leg") {
  session who = joined({"room:a"});
  const auto& leg = *who.channels[0].leg;
  CHECK(who.find(leg) == &who.channels[0]);
  const room_leg_ptr namesake{new room_leg{nullptr, "room:a", 0}};
  CHECK(who.find(*namesake) == nullptr);
}

TEST_CASE("erasing a channel keeps the others, wherever it stood") {
  for (const auto* gone : {"room:a", "room:b", "room:c"}) {
    session who = joined({"room:a", "room:b", "room:c"});
    who.erase(who.find(gone));
    CHECK(who.channels.size() == 2);
    CHECK(who.find(gone) == nullptr);
    for (const auto& topic : topics_of(who))
      CHECK(who.find(topic)->join_ref.view().text == topic);
  }
}

TEST_CASE("only a joined channel is settled, and all but a joining one are members") {
  session who;
  using phase = channel::phase;
  for (const auto at : {phase::joining, phase::joined, phase::rejoining, phase::leaving}) {
    auto& c = add_channel(who, "room:x", at);
    CHECK(c.is_unsettled() == (at != phase::joined));
    CHECK(c.is_member() == (at != phase::joining));
  }
}
