#include "gateway/room_membership.hpp"

#include "tests/support/probe.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

using namespace lintel::gateway;
using namespace lintel::testing;
using lintel::actors::channel;
using lintel::actors::room_leg;
using lintel::actors::room_leg_ptr;
using lintel::protocol::message;

namespace {

/// Connections of one worker, and rooms that count who says goodbye.
struct lobby {
  std::vector<std::unique_ptr<std::atomic<int>>> farewells; // the rooms write here until the system has stopped
  process_system world;
  connection_table table{0};
  room_membership membership{table};
  std::vector<probe_ptr> rooms;
  std::vector<room_leg_ptr> legs;

  explicit lobby(std::size_t room_count) {
    for (std::size_t i = 0; i < room_count; ++i) {
      auto& count = *farewells.emplace_back(std::make_unique<std::atomic<int>>(0));
      script what;
      what.handle = [&count](probe&, letter_ptr& mail) {
        count += mail->kind == letter_kind::room_leave ? 1 : 0;
        return handled::done;
      };
      rooms.push_back(world.spawn(std::move(what)));
      legs.emplace_back(new room_leg{rooms.back(), "room:" + std::to_string(i), 0});
    }
  }

  connection& open() {
    auto& c = table.take();
    c.at = connection::phase::open;
    return c;
  }
  channel& ask(connection& c, std::size_t room) {
    auto& ch = c.session.channels.emplace_back();
    ch.request = message::copy_of({.topic = legs[room]->topic, .event = "phx_join"});
    return ch;
  }
  void admit(connection& c, std::size_t room) {
    auto& ch = ask(c, room);
    ch.request.reset();
    ch.at = channel::phase::joined;
    membership.admit(c, ch, legs[room]);
  }
  channel& channel_of(connection& c, std::size_t room) { return *c.session.find(*legs[room]); }

  std::vector<std::uint32_t> slots(std::size_t room) const {
    std::vector<std::uint32_t> all;
    for (const auto& member : legs[room]->members)
      all.push_back(member.slot);
    return all;
  }
  std::set<std::uint32_t> members(std::size_t room) const {
    const auto all = slots(room);
    return {all.begin(), all.end()};
  }
  /// Every channel knows its place among the members, and every place its channel.
  bool is_consistent() {
    std::size_t places = 0, channels = 0;
    for (const auto& leg : legs)
      places += leg->members.size();
    bool holds = true;
    table.for_each([&](connection& c) {
      for (const auto& ch : c.session.channels)
        if (ch.is_member()) {
          ++channels;
          holds =
              holds && ch.position < ch.leg->members.size() && ch.leg->members[ch.position].slot == c.session.id.slot;
        }
    });
    return holds && places == channels;
  }
};

} // namespace

TEST_CASE("a member that is admitted stands last") {
  lobby l{1};
  auto& a = l.open();
  auto& b = l.open();
  l.admit(a, 0);
  l.admit(b, 0);
  CHECK(l.slots(0) == std::vector{a.session.id.slot, b.session.id.slot});
  CHECK(l.channel_of(b, 0).position == 1);
}

TEST_CASE("a member dismissed from the middle gives its place to the last one") {
  lobby l{1};
  auto& a = l.open();
  auto& b = l.open();
  auto& c = l.open();
  for (auto* each : {&a, &b, &c})
    l.admit(*each, 0);
  l.membership.dismiss(a, l.channel_of(a, 0));
  CHECK(l.slots(0) == std::vector{c.session.id.slot, b.session.id.slot});
  CHECK(l.channel_of(c, 0).position == 0);
  CHECK(a.session.channels.empty());
  l.membership.dismiss(b, l.channel_of(b, 0));
  l.membership.dismiss(c, l.channel_of(c, 0));
  CHECK(l.legs[0]->members.empty());
}

TEST_CASE("dismissing a channel that only asked to join touches no room") {
  lobby l{1};
  auto& a = l.open();
  auto& b = l.open();
  l.admit(a, 0);
  l.membership.dismiss(b, l.ask(b, 0));
  CHECK(l.members(0) == std::set{a.session.id.slot});
  CHECK(b.session.channels.empty());
}

TEST_CASE("a socket that goes leaves every room and tells those that count it, once") {
  lobby l{4};
  auto& a = l.open();
  auto& b = l.open();
  for (std::size_t room = 0; room < 3; ++room) {
    l.admit(a, room);
    l.admit(b, room);
  }
  l.ask(a, 3);                                     // its answer will find nobody
  l.channel_of(a, 1).at = channel::phase::leaving; // has told the room already
  l.channel_of(a, 2).at = channel::phase::rejoining;
  l.channel_of(a, 2).request = message::copy_of({.topic = l.legs[2]->topic, .event = "phx_join"});
  l.membership.leave_all(a);
  for (auto& room : l.rooms)
    settle(*room);
  CHECK(a.session.channels.empty());
  for (std::size_t room = 0; room < 3; ++room)
    CHECK(l.members(room) == std::set{b.session.id.slot});
  CHECK(*l.farewells[0] == 1);
  CHECK(*l.farewells[1] == 0);
  CHECK(*l.farewells[2] == 1);
  CHECK(*l.farewells[3] == 0);
}

TEST_CASE("random joins, leaves and lost sockets agree with sets of members") {
  const auto seed = GENERATE(1u, 2u, 3u);
  INFO("seed " << seed);
  std::mt19937 random{seed};
  lobby l{5};
  std::map<std::uint32_t, std::set<std::size_t>> oracle; // slot → rooms
  for (int i = 0; i < 5000; ++i) {
    const auto dice = random() % 100;
    if (oracle.size() < 3 || (oracle.size() < 60 && dice < 15)) {
      oracle[l.open().session.id.slot] = {};
      continue;
    }
    auto it = oracle.begin();
    std::advance(it, random() % oracle.size());
    auto& c = l.table.at(it->first);
    const auto room = random() % l.legs.size();
    if (dice < 25) {
      l.membership.leave_all(c);
      l.table.give_back(c);
      oracle.erase(it);
    } else if (it->second.insert(room).second) {
      l.admit(c, room);
    } else {
      l.membership.dismiss(c, l.channel_of(c, room));
      it->second.erase(room);
    }
    REQUIRE(l.is_consistent());
  }
  for (auto& room : l.rooms)
    settle(*room); // a letter in its mailbox holds the leg, and that the room
  for (std::size_t room = 0; room < l.legs.size(); ++room) {
    std::set<std::uint32_t> expected;
    for (const auto& [slot, rooms] : oracle)
      if (rooms.count(room) != 0)
        expected.insert(slot);
    CHECK(l.members(room) == expected);
  }
}
