#include "actors/namespace_rules.hpp"
#include "actors/room_services.hpp"
#include "tests/support/room_world.hpp"

#include <catch2/catch.hpp>

using namespace lintel::testing;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;
using lintel::actors::role;
using lines = std::vector<std::string>;

namespace {

constexpr auto kill = control_letter::order::kill;
constexpr auto crash = control_letter::order::crash;

/// A topic of each kind, on the workers of a room_world.
struct presence_rooms : room_world {
  explicit presence_rooms(std::chrono::milliseconds linger = 1h) {
    spaces.replace({{.pattern = "room:*", .presence = {.is_on = true, .linger = linger}},
                    {.pattern = "blind:*", .presence = {.is_on = true}, .may_see_presence = role::viewer},
                    {.pattern = "off:*"}});
    book.set_rooms(services);
  }

  static letter_ptr letter_of(letter_kind kind, connection_id who, const std::string& topic, std::string_view event,
                              std::string_view payload, const std::string& sid) {
    auto mail = std::make_unique<lintel::actors::client_request>(
        who, lintel::protocol::message::copy_of({.ref = {lintel::protocol::ref_view::type::string, "9"},
                                                 .topic = topic,
                                                 .event = event,
                                                 .payload = {.bytes = payload}}));
    mail->kind = kind;
    if (!sid.empty())
      mail->who = std::make_shared<const lintel::actors::client_identity>(lintel::actors::client_identity{sid, ""});
    return mail;
  }
  void join_saying(connection_id who, const std::string& topic, std::string_view params, const std::string& sid = {}) {
    registry->post(letter_of(letter_kind::room_join, who, topic, "phx_join", params, sid));
  }
  void push(connection_id who, const std::string& topic, std::string_view payload) {
    room(topic).post(letter_of(letter_kind::room_push, who, topic, "presence", payload, {}));
  }
  void lose(connection_id who, const std::string& topic) {
    const auto leg = posts.leg(who.worker, topic);
    leg->room->post(std::make_unique<lintel::actors::room_leave>(who, leg, nullptr));
  }
  /// What operators see.
  std::string asked(const std::string& topic) {
    auto promise = std::make_shared<std::promise<std::string>>();
    auto answer = promise->get_future();
    using request = lintel::actors::room_request;
    registry->post(std::make_unique<request>(request::order::presence, message(topic, "presence"),
                                             [promise](const lintel::actors::room_answer& it) {
                                               promise->set_value(it.error.empty() ? it.json : it.error);
                                             }));
    return await(std::move(answer));
  }
  std::string last_line(std::size_t count) { return posts.events.wait_for(count).at(count - 1); }

  lintel::actors::namespaces spaces{{}};
  lintel::history::memory_shelf shelf{1 << 20};
  const lintel::actors::room_services services{spaces, shelf};
};

constexpr const char* alice = R"({"presence":{"key":"alice","meta":{}}})";

} // namespace

TEST_CASE("a join that says who it is hears the list, and the room its join") {
  presence_rooms world;
  world.join_saying(world.member(0), "room:a", alice);
  CHECK(world.last_line(1) == "0 joined room:a +presence_state");
  CHECK(world.last_line(2) == "0 presence_diff room:a");
  CHECK(world.asked("room:a").find(R"({"presence":{"alice":{"metas":[{"phx_ref":")") == 0);
}

TEST_CASE("a join that asks who is there is told that nobody is, and one that does not is told nothing") {
  presence_rooms world;
  world.join_saying(world.member(0), "room:a", R"({"presence":true})");
  CHECK(world.last_line(1) == "0 joined room:a +presence_state");
  world.join_saying(world.member(0, 1), "room:a", "{}");
  CHECK(world.last_line(2) == "0 joined room:a");
  CHECK(world.asked("room:a") == R"({"presence":{},"count":0})");
}

TEST_CASE("those who were told nothing get an empty list in front of the first change, once") {
  presence_rooms world;
  world.join_saying(world.member(1), "room:a", "{}");
  world.last_line(1);
  world.join_saying(world.member(1, 1), "room:a", alice);
  CHECK(world.last_line(2) == "1 joined room:a +presence_state");
  CHECK(world.last_line(3) == "1 presence_state room:a");
  CHECK(world.last_line(4) == "1 presence_diff room:a");
  world.join_saying(world.member(1, 2), "room:a", R"({"meta":{"n":1}})");
  CHECK(world.last_line(5) == "1 joined room:a +presence_state");
  CHECK(world.last_line(6) == "1 presence_diff room:a");
}

TEST_CASE("the event presence is answered, and a wrong one refused; off, it is like any other") {
  presence_rooms world;
  world.join_saying(world.member(0), "room:a", "{}");
  world.last_line(1);
  world.push(world.member(0), "room:a", R"({"event":"dance"})");
  CHECK(world.last_line(2) == "0 settled presence: invalid presence");
  world.push(world.member(0), "room:a", R"({"event":"track","payload":{"n":1}})");
  CHECK(world.last_line(3) == "0 settled presence: {}");
  CHECK(world.last_line(4) == "0 presence_state room:a");
  CHECK(world.last_line(5) == "0 presence_diff room:a");
  world.push(world.member(0), "room:a", R"({"event":"untrack"})");
  CHECK(world.last_line(6) == "0 settled presence: {}");
  CHECK(world.last_line(7) == "0 presence_diff room:a");
  world.join_saying(world.member(1), "off:a", alice);
  CHECK(world.last_line(8) == "1 joined off:a");
  world.push(world.member(1), "off:a", R"({"event":"track"})");
  CHECK(world.last_line(9) == "1 broadcast off:a +answer");
  CHECK(world.asked("off:a") == "presence is off");
}

TEST_CASE("a join that says it wrongly is refused, and leaves nothing behind") {
  presence_rooms world;
  world.join_saying(world.member(0), "room:a", R"({"presence":5})");
  CHECK(world.last_line(1) == "0 refused room:a: invalid presence");
  world.join_saying(world.member(0), "room:b", R"({"presence":{"key":"valueOf","meta":{}}})");
  CHECK(world.last_line(2) == "0 refused room:b: invalid presence key");
  CHECK(world.asked("room:b") == R"({"presence":{},"count":0})");
}

TEST_CASE("kills and crashes of the room lose neither who is there nor what is still to be told") {
  presence_rooms world;
  world.join_saying(world.member(0), "room:a", alice);
  world.last_line(1);
  auto& room = world.room("room:a");
  for (int i = 0; i < 20; ++i)
    order(room, kill);
  order(room, crash);
  CHECK(world.last_line(2) == "0 presence_diff room:a");
  CHECK(world.asked("room:a").find(R"("alice")") != std::string::npos);
}

TEST_CASE("a lost session is missed by nobody when it is back in time") {
  presence_rooms world;
  const std::string sid = "0123456789abcdef";
  world.join_saying(world.member(0), "room:a", alice, sid);
  world.last_line(2);
  const auto before = world.asked("room:a");
  world.lose(world.member(0), "room:a");
  world.join_saying(world.member(1), "room:a", alice, sid);
  CHECK(world.last_line(3) == "1 joined room:a +presence_state");
  CHECK(world.asked("room:a") == before);
}

TEST_CASE("a room waits for a lost session with nobody in it") {
  presence_rooms world;
  world.join_saying(world.member(0), "room:a", alice, "0123456789abcdef");
  world.last_line(2);
  const process_ptr<lintel::actors::room_actor> room{&world.room("room:a")};
  world.lose(world.member(0), "room:a");
  CHECK(world.asked("room:a").find("alice") != std::string::npos);
  CHECK(world.asked("room:b") == R"({"presence":{},"count":0})"); // the registry has taken all its mail
  CHECK(&world.room("room:a") == room.get());
}

TEST_CASE("a room ends when the session that it waited for does not come back") {
  presence_rooms world{50ms};
  world.join_saying(world.member(0), "room:a", alice, "0123456789abcdef");
  world.last_line(2);
  const process_ptr<lintel::actors::room_actor> room{&world.room("room:a")};
  world.lose(world.member(0), "room:a");
  world.await_end(*room);
  CHECK(world.asked("room:a") == R"({"presence":{},"count":0})");
}

TEST_CASE("who left with its last connection lets the room end") {
  presence_rooms world;
  world.join_saying(world.member(0), "room:a", alice);
  world.last_line(2);
  const process_ptr<lintel::actors::room_actor> room{&world.room("room:a")};
  world.lose(world.member(0), "room:a");
  world.await_end(*room);
  CHECK(world.supervisor->count() == 0);
}

TEST_CASE("who may not see is not greeted, but seen") {
  presence_rooms world;
  world.join_saying(world.member(0), "blind:a", alice);
  CHECK(world.last_line(1) == "0 joined blind:a");
  CHECK(world.asked("blind:a").find("alice") != std::string::npos);
}
