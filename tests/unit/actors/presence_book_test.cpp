#include "actors/presence_book.hpp"

#include "tests/unit/actors/presence_world.hpp"

using namespace lintel::testing;
using view = presence_book::view;

namespace {

const auto alice = presence_world::session("sid-of-alice", 1);
const auto bob = presence_world::plain(2);

} // namespace

TEST_CASE("a tracked meta is told at the window's end, with its ref") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  CHECK(room.book.next_deadline() == room.now + 50ms);
  CHECK(room.pass(49ms).empty());
  const auto news = room.pass(1ms);
  REQUIRE(news.size() == 1);
  CHECK(news[0].event == "presence_diff");
  CHECK(news[0].payload == R"({"joins":{"alice":{"metas":[{"d":1,"phx_ref":"EjRWeJCrAAAAAAAA"}]}},"leaves":{}})");
  CHECK(room.book.next_deadline() == std::nullopt);
  CHECK(room.pass(1h).empty());
}

TEST_CASE("who untracks is told as a leave, with the meta that it had") {
  presence_world room;
  room.track(bob, "bob");
  room.pass_window();
  room.book.untrack(bob, room.now);
  CHECK(room.book.users() == 0);
  CHECK_FALSE(room.book.is_empty());
  const auto news = room.pass_window();
  REQUIRE(news.size() == 1);
  CHECK(news[0].payload == R"({"joins":{},"leaves":{"bob":{"metas":[{"phx_ref":"EjRWeJCrAAAAAAAA"}]}}})");
  CHECK(room.book.is_empty());
}

TEST_CASE("another meta of the same owner is a join and a leave in one diff, and names the ref before") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  room.pass_window();
  room.track(alice, "alice", R"({"d":2})");
  const auto news = room.pass_window();
  REQUIRE(news.size() == 1);
  CHECK(news[0].payload ==
        R"({"joins":{"alice":{"metas":[{"d":2,"phx_ref":"EjRWeJCrAAAAAAAB","phx_ref_prev":"EjRWeJCrAAAAAAAA"}]}},)"
        R"("leaves":{"alice":{"metas":[{"d":1,"phx_ref":"EjRWeJCrAAAAAAAA"}]}}})");
}

TEST_CASE("an equal meta again changes nothing and keeps the ref") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  room.pass_window();
  const auto ref = room.ref(alice);
  for (const auto* key : {"alice", ""})
    room.track(alice, key, R"({"d":1})");
  CHECK(room.ref(alice) == ref);
  CHECK(room.book.next_deadline() == std::nullopt);
}

TEST_CASE("what comes and goes within a window is never told") {
  presence_world room;
  room.track(bob, "bob");
  room.book.untrack(bob, room.now);
  CHECK(room.pass_window().empty());
  CHECK(room.book.is_empty());
}

TEST_CASE("of several updates within a window the last is told, after the one that was told before") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  room.track(alice, "alice", R"({"d":2})");
  CHECK(room.pass_window().at(0).payload.find("phx_ref_prev") == std::string::npos);
  const auto told = room.ref(alice);
  room.track(alice, "alice", R"({"d":3})");
  room.track(alice, "alice", R"({"d":4})");
  const auto news = room.pass_window();
  CHECK(news.at(0).payload.find("\"d\":3") == std::string::npos);
  CHECK(news.at(0).payload.find(R"("phx_ref_prev":")" + told + "\"") != std::string::npos);
  CHECK(room.someone.list["alice"] == metas_by_ref{{room.ref(alice), "d=4"}});
}

TEST_CASE("who leaves and comes back within a window gets a new ref: one diff leaves the old one") {
  presence_world room;
  room.track(bob, "bob");
  room.pass_window();
  const auto before = room.ref(bob);
  room.book.untrack(bob, room.now);
  room.track(bob, "bob");
  CHECK(room.pass_window().size() == 1);
  CHECK(room.ref(bob) != before);
  CHECK(room.someone.list["bob"].count(room.ref(bob)) == 1);
  CHECK(room.someone.list["bob"].size() == 1);
}

TEST_CASE("several devices of a user are metas of one key, oldest first") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  room.track(bob, "alice", R"({"d":2})");
  CHECK(room.pass_window().at(0).payload ==
        R"({"joins":{"alice":{"metas":[{"d":1,"phx_ref":"EjRWeJCrAAAAAAAA"},{"d":2,"phx_ref":"EjRWeJCrAAAAAAAB"}]}},)"
        R"("leaves":{}})");
  CHECK(room.book.users() == 1);
  CHECK(room.book.metas() == 2);
  room.book.untrack(alice, room.now);
  room.pass_window();
  CHECK(room.someone.list == presence_list{{"alice", {{room.ref(bob), "d=2"}}}});
  CHECK(room.book.users() == 1);
}

TEST_CASE("many changes within a window are one diff") {
  presence_world room;
  for (std::uint32_t i = 0; i < 100; ++i)
    room.track(presence_world::plain(i), "user" + std::to_string(i));
  CHECK(room.pass_window().size() == 1);
  CHECK(room.someone.list.size() == 100);
}

TEST_CASE("a lost connection without a session is absent at once") {
  presence_world room;
  room.track(bob, "bob");
  room.pass_window();
  room.book.lost(bob, room.now);
  CHECK(room.pass_window().size() == 1);
  CHECK(room.someone.list.empty());
}

TEST_CASE("a lost session lingers, and is absent when that is over") {
  presence_world room;
  room.track(alice, "alice");
  room.pass_window();
  room.book.lost(alice, room.now);
  room.book.lost(alice, room.now + 1s); // said twice: the first counts
  CHECK(room.book.next_deadline() == room.now + 10s);
  CHECK(room.pass(10s).empty());
  CHECK(room.book.users() == 0);
  CHECK(room.pass_window().size() == 1);
  CHECK(room.someone.list.empty());
  CHECK(room.book.is_empty());
}

TEST_CASE("a session that returns in time keeps its ref, and nobody is told") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  room.pass_window();
  const auto ref = room.ref(alice);
  SECTION("by itself") {
    room.book.lost(alice, room.now);
    room.pass(9s);
    CHECK(room.book.returned(presence_world::session("sid-of-alice", 7)));
  }
  SECTION("with the same meta") {
    room.book.lost(alice, room.now);
    room.pass(9s);
    room.track(presence_world::session("sid-of-alice", 7), "alice", R"({"d":1})");
  }
  CHECK(room.book.next_deadline() == std::nullopt);
  CHECK(room.ref(alice) == ref);
  CHECK(room.pass(1h).empty());
}

TEST_CASE("a session that returns with another meta is an update") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  room.pass_window();
  room.book.lost(alice, room.now);
  room.track(presence_world::session("sid-of-alice", 7), "alice", R"({"d":2})");
  CHECK(room.pass_window().size() == 1);
  CHECK(room.someone.list == presence_list{{"alice", {{room.ref(alice), "d=2"}}}});
  CHECK(room.pass(1h).empty());
}

TEST_CASE("who was never tracked does not return, leave or get lost") {
  presence_world room;
  CHECK_FALSE(room.book.returned(alice));
  room.book.untrack(alice, room.now);
  room.book.lost(alice, room.now);
  CHECK(room.book.next_deadline() == std::nullopt);
  CHECK(room.ref(alice).empty());
}

TEST_CASE("a session taken over by another connection is no longer the old one's") {
  presence_world room;
  room.track(alice, "alice");
  room.pass_window();
  const auto again = presence_world::session("sid-of-alice", 7);
  CHECK(room.book.returned(again));
  room.book.lost(alice, room.now);
  room.book.untrack(alice, room.now);
  CHECK(room.book.next_deadline() == std::nullopt);
  room.book.untrack(again, room.now);
  CHECK(room.book.users() == 0);
}

TEST_CASE("a session is not taken for a connection of the same name") {
  presence_world room;
  room.track(presence_world::plain(5), "bob");
  room.track(presence_world::session("c0-5-0", 6), "alice");
  CHECK(room.book.metas() == 2);
}

TEST_CASE("another key of the same owner is another user: a join and a leave") {
  presence_world room;
  room.track(bob, "bob");
  room.pass_window();
  room.track(bob, "robert");
  CHECK(room.pass_window().size() == 1);
  CHECK(room.someone.list == presence_list{{"robert", {{room.ref(bob), ""}}}});
}

TEST_CASE("without a key one is made up, and kept") {
  presence_world room;
  room.track(bob, "");
  room.pass_window();
  const auto ref = room.ref(bob);
  CHECK(room.someone.list == presence_list{{ref, {{ref, ""}}}});
  room.track(bob, "", R"({"d":1})");
  room.pass_window();
  CHECK(room.someone.list == presence_list{{ref, {{room.ref(bob), "d=1"}}}});
}

TEST_CASE("who joins in the middle of a window hears what the others were told, and then the same diff") {
  presence_world room;
  room.track(alice, "alice", R"({"d":1})");
  room.track(bob, "bob");
  room.pass_window();
  room.track(alice, "alice", R"({"d":2})");
  room.book.untrack(bob, room.now);
  room.track(presence_world::plain(3), "carol");
  watcher late;
  for (const auto& news : room.book.first_news())
    late.hear(news);
  CHECK(late.list == room.someone.list);
  CHECK(late.list.size() == 2);
  for (const auto& news : room.pass_window())
    late.hear(news);
  CHECK(late.list == room.someone.list);
  CHECK(late.list == list_of(room.book, view::present));
}

TEST_CASE("operators see who is present, members what they were told") {
  presence_world room;
  room.track(bob, "bob");
  CHECK(room.book.list(view::told) == "{}");
  CHECK(room.book.list(view::present) == R"({"bob":{"metas":[{"phx_ref":"EjRWeJCrAAAAAAAA"}]}})");
  room.pass_window();
  room.book.untrack(bob, room.now);
  CHECK(room.book.list(view::present) == "{}");
  CHECK(room.book.list(view::told) == R"({"bob":{"metas":[{"phx_ref":"EjRWeJCrAAAAAAAA"}]}})");
}

TEST_CASE("keys are escaped as JSON") {
  presence_world room;
  room.track(bob, "a\"b\\c\n");
  CHECK(room.pass_window().at(0).payload.find(R"({"a\"b\\c\n":{"metas":)") != std::string::npos);
}

TEST_CASE("a meta without members has no comma before its ref") {
  presence_world room;
  room.track(bob, "bob", "{ \n}");
  room.pass_window();
  CHECK(room.someone.list["bob"].size() == 1);
}
