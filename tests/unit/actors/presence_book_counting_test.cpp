#include "tests/unit/actors/presence_world.hpp"

#include <malloc.h>

using namespace lintel::testing;

namespace {

void track_many(presence_world& room, std::uint32_t from, std::uint32_t to) {
  for (auto i = from; i < to; ++i)
    room.track(presence_world::plain(i), "user" + std::to_string(i), R"({"d":1})");
}

void untrack_many(presence_world& room, std::uint32_t from, std::uint32_t to) {
  for (auto i = from; i < to; ++i)
    room.book.untrack(presence_world::plain(i), room.now);
}

std::vector<std::string_view> events_of(const std::vector<presence_news>& news) {
  std::vector<std::string_view> events;
  for (const auto& each : news)
    events.push_back(each.event);
  return events;
}

using events = std::vector<std::string_view>;

} // namespace

TEST_CASE("one member more than may be listed: the list is emptied once, and the number is told") {
  presence_world room{10};
  track_many(room, 0, 10);
  CHECK(events_of(room.pass_window()) == events{"presence_diff"});
  CHECK(room.book.is_listed());
  track_many(room, 10, 11);
  CHECK(events_of(room.pass_window()) == events{"presence_state", "presence_count"});
  CHECK_FALSE(room.book.is_listed());
  CHECK(room.someone.list.empty());
  CHECK(room.someone.count == 11);
}

TEST_CASE("the number is told once a second at most, and only if it is another one") {
  presence_world room{10};
  track_many(room, 0, 11);
  room.pass_window();
  track_many(room, 11, 12);
  CHECK(room.pass(949ms).empty());
  track_many(room, 12, 20);
  CHECK(events_of(room.pass(51ms)) == events{"presence_count"});
  CHECK(room.someone.count == 20);
  track_many(room, 20, 21);
  untrack_many(room, 20, 21);
  CHECK(room.pass(1h).empty());
  track_many(room, 21, 22); // after a long silence: a window is all that it waits
  CHECK(events_of(room.pass_window()) == events{"presence_count"});
}

TEST_CASE("a room of 30,000 is told its number every three seconds") {
  presence_world room{10};
  track_many(room, 0, 30'000);
  room.pass_window();
  track_many(room, 30'000, 30'001);
  CHECK(room.pass(2999ms).empty());
  CHECK(events_of(room.pass(1ms)) == events{"presence_count"});
}

TEST_CASE("a big room that everybody leaves is not left waiting for a big room's turn") {
  presence_world room{10};
  track_many(room, 0, 30'000);
  room.pass_window();
  untrack_many(room, 2, 30'000);
  CHECK(events_of(room.pass(1s)) == events{"presence_count"});
  CHECK(events_of(room.pass(1s)) == events{"presence_state"});
}

TEST_CASE("the number is that of users, the bound that of metas") {
  presence_world room{10};
  for (std::uint32_t i = 0; i < 12; ++i)
    room.track(presence_world::plain(i), i % 2 == 0 ? "alice" : "bob");
  CHECK(events_of(room.pass_window()) == events{"presence_state", "presence_count"});
  CHECK(room.someone.count == 2);
}

TEST_CASE("updates in a room that is counted are not told") {
  presence_world room{10};
  track_many(room, 0, 11);
  room.pass_window();
  room.track(presence_world::plain(3), "user3", R"({"d":2})");
  CHECK(room.pass(1h).empty());
}

TEST_CASE(
    "below half of the bound for a second everybody is listed again, in one state; the refs are the members' still") {
  presence_world room{10};
  track_many(room, 0, 11);
  room.pass(1s);
  const auto ref = room.ref(presence_world::plain(0));
  untrack_many(room, 5, 11);
  CHECK(events_of(room.pass(1s)) == events{"presence_count"});
  CHECK_FALSE(room.book.is_listed());
  untrack_many(room, 4, 5);
  CHECK(events_of(room.pass(1s)) == events{"presence_count"});
  CHECK_FALSE(room.book.is_listed());
  CHECK(events_of(room.pass(1s)) == events{"presence_state"});
  CHECK(room.book.is_listed());
  CHECK(room.someone.list.size() == 4);
  CHECK(room.someone.list["user0"].count(ref) == 1);
  track_many(room, 20, 21);
  CHECK(events_of(room.pass_window()) == events{"presence_diff"});
  CHECK(room.someone.list.size() == 5);
}

TEST_CASE("few for less than a second are not listed") {
  presence_world room{10};
  track_many(room, 0, 11);
  room.pass(1s);
  untrack_many(room, 2, 11);
  CHECK(events_of(room.pass_window()) == events{"presence_count"});
  track_many(room, 2, 9);
  CHECK(events_of(room.pass(1s)) == events{"presence_count"});
  untrack_many(room, 2, 9);
  CHECK(events_of(room.pass(1s)) == events{"presence_count"});
  CHECK(events_of(room.pass(1s)) == events{"presence_state"});
  CHECK(room.someone.list.size() == 2);
}

TEST_CASE("who joins a room that is counted hears an empty list and the number that the others know") {
  presence_world room{10};
  track_many(room, 0, 11);
  room.pass_window();
  track_many(room, 11, 15);
  watcher late;
  for (const auto& news : room.book.first_news())
    late.hear(news);
  CHECK(late.list.empty());
  CHECK(late.count == 11);
  CHECK(late.heard == 2);
}

TEST_CASE("a room that listed nobody yet may be counted from the start, and one of none always is") {
  presence_world room{10};
  track_many(room, 0, 11);
  untrack_many(room, 3, 5);
  CHECK(events_of(room.pass_window()) == events{"presence_diff"});
  presence_world none{0};
  track_many(none, 0, 1);
  CHECK(events_of(none.pass_window()) == events{"presence_state", "presence_count"});
  untrack_many(none, 0, 1);
  CHECK(events_of(none.pass(1s)) == events{"presence_count"});
  CHECK(none.someone.count == 0);
  CHECK(none.book.is_empty());
}

TEST_CASE("those who left while everybody was listed are not there when everybody is again") {
  presence_world room{10};
  track_many(room, 0, 10);
  room.pass_window();
  untrack_many(room, 0, 2);
  track_many(room, 20, 26); // in the window that ends in counting
  CHECK(events_of(room.pass_window()) == events{"presence_state", "presence_count"});
  CHECK(room.someone.count == 14);
  untrack_many(room, 2, 10);
  untrack_many(room, 20, 22);
  CHECK(events_of(room.pass(2s)) == events{"presence_count", "presence_state"});
  CHECK(room.someone.list.size() == 4);
  CHECK(room.book.metas() == 4);
}

TEST_CASE("E27: 10,000 members leaving one room at once cost under 1 % of n squared entries") {
  constexpr std::uint32_t n = 10'000;
  presence_world room;
  track_many(room, 0, n);
  room.pass(2s);
  const auto entry = std::string_view{R"("user1234":{"metas":[{"d":1,"phx_ref":"0123456789abcdef"}]},)"}.size();
  double bytes = 0;                                     // to everybody who is still there
  for (std::uint32_t left = 0; left < n; left += 100) { // 100 per window: five seconds
    room.someone.bytes = 0;
    untrack_many(room, left, left + 100);
    room.pass_window();
    bytes += static_cast<double>(room.someone.bytes) * (n - left - 100);
  }
  CHECK(bytes < 0.01 * n * n * static_cast<double>(entry));
  CHECK(room.someone.list.empty());
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("a tracked member costs 500 bytes at most, and nothing when it has left") {
  constexpr std::uint32_t n = 10'000;
  const auto used = [] { return static_cast<double>(mallinfo2().uordblks); };
  presence_world room{n};
  room.track(presence_world::plain(n), "one"); // what the book allocates once
  const auto before = used();
  for (std::uint32_t i = 0; i < n; ++i)
    room.track(presence_world::session("0123456789abcdefghijkl" + std::to_string(i), i), "user" + std::to_string(i),
               R"({"name":"somebody","since":1712})");
  room.book.take_due(room.now + 50ms);
  const auto each = (used() - before) / n;
  INFO(each);
  CHECK(each < 500);
  for (std::uint32_t i = 0; i < n; ++i)
    room.book.untrack(presence_world::session("0123456789abcdefghijkl" + std::to_string(i), i), room.now);
  room.book.take_due(room.now + 50ms);
  CHECK((used() - before) / n < 50); // tables of hashes do not shrink
}
#endif
