#include "actors/connection_state.hpp"

#include "protocol/topic_name.hpp"
#include "tests/unit/actors/client_messages.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using namespace lintel::actors::testing;

// docs/protocol.md, "Messages of a connection": one test per clause.

namespace {

const namespaces spaces{{{.pattern = "room:*"}, {.pattern = "system"}}};

struct client {
  session who;
  connection_limits limits{.channels_max = 3};

  client with(const std::string& topic, channel::phase at = channel::phase::joined) && {
    add_channel(who, topic, at);
    return std::move(*this);
  }
  decision sends(const lintel::protocol::message_view& m) { return decide(who, m, spaces, limits); }
};

using phase = channel::phase;

} // namespace

TEST_CASE("clause 1: a heartbeat is answered, whoever has joined what") {
  CHECK(client{}.sends(message("phoenix", "heartbeat")).what == step::answer_heartbeat);
  CHECK(client{}.with("room:a").sends(message("phoenix", "heartbeat", string_ref("7"))).what == step::answer_heartbeat);
}

TEST_CASE("clause 1: nothing else is special about the topic phoenix") {
  CHECK(client{}.sends(message("phoenix", "ping")).what == step::refuse_unmatched);
  CHECK(client{}.sends(message("phoenix", "phx_join")).what == step::refuse_unmatched);
  CHECK(client{}.sends(message("room:a", "heartbeat")).what == step::refuse_unmatched);
}

TEST_CASE("clause 2: a join of a topic that is not joined is passed on") {
  const auto decided = client{}.sends(message("room:a", "phx_join"));
  CHECK(decided.what == step::join);
  CHECK(decided.at == nullptr);
}

TEST_CASE("clause 2a: a join of a topic that nobody serves is unmatched") {
  CHECK(client{}.sends(message("lobby", "phx_join")).what == step::refuse_unmatched);
  CHECK(client{}.sends(message("system:1", "phx_join")).what == step::refuse_unmatched);
}

TEST_CASE("clause 2b: a join too many is refused with its reason, and the full map takes no harm") {
  auto full = client{}.with("room:a").with("room:b", phase::joining).with("room:c", phase::leaving);
  const auto decided = full.sends(message("room:d", "phx_join"));
  CHECK(decided.what == step::refuse);
  CHECK(decided.reason == "too many channels joined");
  CHECK(full.who.channels.size() == 3);
}

TEST_CASE("clause 2b: a full map does not hide that a topic is unmatched, nor stop a rejoin") {
  auto full = client{}.with("room:a").with("room:b").with("room:c");
  CHECK(full.sends(message("lobby", "phx_join")).what == step::refuse_unmatched);
  CHECK(full.sends(message("room:a", "phx_join")).what == step::rejoin);
}

TEST_CASE("clause 2c: a topic that is no name never reaches a room") {
  const auto decided = client{}.sends(message("room:a b", "phx_join"));
  CHECK(decided.what == step::refuse);
  CHECK(decided.reason == "invalid topic");
}

TEST_CASE("clause 3: a second join of a topic replaces the first") {
  auto c = client{}.with("room:a").with("room:b");
  const auto decided = c.sends(message("room:b", "phx_join", string_ref("new")));
  CHECK(decided.what == step::rejoin);
  CHECK(decided.at == &c.who.channels[1]);
}

TEST_CASE("clause 4: a leave ends the channel when its join_ref is the current one or left out") {
  auto c = client{}.with("room:a");
  CHECK(c.sends(message("room:a", "phx_leave", string_ref("room:a"))).what == step::leave);
  CHECK(c.sends(message("room:a", "phx_leave")).what == step::leave);
  CHECK(c.sends(message("room:a", "phx_leave")).at == &c.who.channels[0]);
}

TEST_CASE("clause 4: a stale leave is ignored") {
  CHECK(client{}.with("room:a").sends(message("room:a", "phx_leave", string_ref("old"))).what == step::ignore);
}

TEST_CASE("clause 4: a join_ref of another type is stale even with the same text") {
  using lintel::protocol::ref_view;
  session who;
  auto& c = add_channel(who, "room:a", phase::joined);
  c.join_ref = inline_ref{string_ref("3")};
  const auto decided =
      decide(who, message("room:a", "phx_leave", {ref_view::type::integer, "3"}), spaces, connection_limits{});
  CHECK(decided.what == step::ignore);
}

TEST_CASE("clause 5: leaving what is not joined is answered with ok") {
  CHECK(client{}.sends(message("room:a", "phx_leave", string_ref("1"))).what == step::answer_leave);
  CHECK(client{}.with("room:b").sends(message("room:a", "phx_leave")).what == step::answer_leave);
}

TEST_CASE("clause 6: a push goes to the room when its join_ref is the current one or left out") {
  auto c = client{}.with("room:a");
  CHECK(c.sends(message("room:a", "new_msg", string_ref("room:a"))).what == step::push);
  CHECK(c.sends(message("room:a", "new_msg")).what == step::push);
  CHECK(c.sends(message("room:a", "new_msg")).at == &c.who.channels[0]);
}

TEST_CASE("clause 6: an event that only the server may send is refused") {
  for (const auto* event : {"phx_reply", "phx_close", "phx_error", "presence_state", "presence_diff"}) {
    const auto decided = client{}.with("room:a").sends(message("room:a", event));
    CHECK(decided.what == step::refuse);
    CHECK(decided.reason == "reserved event");
  }
}

TEST_CASE("clause 6: a payload that is no object is refused") {
  auto m = message("room:a", "new_msg");
  m.payload = {.bytes = "[1]", .is_object = false};
  const auto decided = client{}.with("room:a").sends(m);
  CHECK(decided.what == step::refuse);
  CHECK(decided.reason == "payload must be an object");
}

TEST_CASE("clause 7: a stale push is ignored without an answer, reserved or not") {
  CHECK(client{}.with("room:a").sends(message("room:a", "new_msg", string_ref("old"))).what == step::ignore);
  CHECK(client{}.with("room:a").sends(message("room:a", "phx_reply", string_ref("old"))).what == step::ignore);
}

TEST_CASE("clause 8: a push to a topic that is not joined is unmatched") {
  CHECK(client{}.sends(message("room:a", "new_msg")).what == step::refuse_unmatched);
  CHECK(client{}.with("room:b").sends(message("room:a", "new_msg", string_ref("1"))).what == step::refuse_unmatched);
}

TEST_CASE("while a join or leave is under way, whatever concerns its topic waits and nothing else does") {
  for (const auto at : {phase::joining, phase::rejoining, phase::leaving}) {
    auto c = client{}.with("room:a", at).with("room:b");
    for (const auto* event : {"phx_join", "phx_leave", "new_msg"}) {
      const auto decided = c.sends(message("room:a", event, string_ref("stale")));
      CHECK(decided.what == step::wait);
      CHECK(decided.at == &c.who.channels[0]);
    }
    CHECK(c.sends(message("room:b", "new_msg")).what == step::push);
    CHECK(c.sends(message("room:c", "phx_join")).what == step::join);
    CHECK(c.sends(message("phoenix", "heartbeat")).what == step::answer_heartbeat);
  }
}

TEST_CASE("deciding changes nothing") {
  auto c = client{}.with("room:a");
  for (const auto* event : {"phx_join", "phx_leave", "new_msg"})
    c.sends(message("room:a", event));
  CHECK(c.who.channels.size() == 1);
  CHECK(c.who.channels[0].at == phase::joined);
}

TEST_CASE("system topics are for viewers to join and for admins to push to") {
  const auto as = [](role may) {
    client it;
    it.who.may = may;
    return it;
  };
  for (const auto* topic : {"$sys:tree", "$sys:actors", "$sys:metrics", "$sys:actor:c0-17-3", "$sys:nonsense"}) {
    const auto decided = as(role::none).sends(message(topic, "phx_join"));
    CHECK(decided.what == step::refuse); // nobody learns which ones exist
    CHECK(decided.reason == "unauthorized");
  }
  CHECK(as(role::viewer).sends(message("$sys:tree", "phx_join")).what == step::join);
  CHECK(as(role::admin).sends(message("$sys:actor:room:a", "phx_join")).what == step::join);
  for (const auto* topic : {"$sys:", "$sys:nonsense", "$sys:actor:", "$sys:treetop"})
    CHECK(as(role::admin).sends(message(topic, "phx_join")).what == step::refuse_unmatched);

  auto viewer = as(role::viewer).with("$sys:tree");
  CHECK(viewer.sends(message("$sys:tree", "kill")).reason == "unauthorized");
  auto admin = as(role::admin).with("$sys:tree");
  CHECK(admin.sends(message("$sys:tree", "kill")).what == step::push);
  CHECK(viewer.sends(message("$sys:tree", "phx_leave")).what == step::leave);
}

TEST_CASE("a viewer may ask, and order nothing") {
  client viewer;
  viewer.who.may = role::viewer;
  add_channel(viewer.who, "$sys:tree", phase::joined);
  for (const auto* question : {"tree", "search", "sample", "actor", "connections", "metrics"})
    CHECK(viewer.sends(message("$sys:tree", question)).what == step::push);
  for (const auto* order : {"kill", "crash", "stall", "poison", "chaos", "link", "reload", "Tree", ""})
    CHECK(viewer.sends(message("$sys:tree", order)).reason == "unauthorized");
}

TEST_CASE("anybody may ask for their own actor and kill it, without joining anything") {
  client nobody;
  CHECK(nobody.sends(message("$sys:self", "phx_join")).what == step::join_self);
  CHECK(nobody.sends(message("$sys:self", "phx_leave")).what == step::leave_self);
  CHECK(nobody.sends(message("$sys:self", "whoami")).what == step::whoami);
  CHECK(nobody.sends(message("$sys:self", "kill_me")).what == step::kill_self);
  for (const auto* event : {"kill", "self", "new_msg", "phx_reply", ""})
    CHECK(nobody.sends(message("$sys:self", event)).reason == "unknown event");
  CHECK(nobody.who.channels.empty());
}
