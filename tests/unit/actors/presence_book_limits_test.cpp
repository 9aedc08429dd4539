#include "tests/unit/actors/presence_world.hpp"

#include <set>

using namespace lintel::testing;

namespace {

const auto alice = presence_world::session("sid-of-alice", 1);
const auto bob = presence_world::plain(2);

} // namespace

TEST_CASE("what is refused changes nothing") {
  presence_world room{1000, {.meta_bytes_max = 20, .metas_per_key_max = 2, .text_bytes_max = 290}};
  room.track(alice, "alice");
  room.pass_window();
  const auto refused = [&](presence_errc why, const presence_owner& who, std::string_view key, std::string_view meta) {
    CHECK(room.book.track(who, key, meta, room.now) == why);
    CHECK(room.book.next_deadline() == std::nullopt);
  };
  refused(presence_errc::invalid_key, bob, "__proto__", "{}");
  refused(presence_errc::invalid_key, alice, std::string(256, 'x'), "{}");
  refused(presence_errc::invalid_meta, bob, "bob", "[]");
  refused(presence_errc::invalid_meta, bob, "bob", "");
  refused(presence_errc::meta_too_big, bob, "bob", R"({"a":"0123456789abcdef"})");
  refused(presence_errc::meta_too_big, alice, "alice", R"({"a":"0123456789abcdef"})");
  refused(presence_errc::presence_full, bob, std::string(250, 'b'), "{}");
  room.track(bob, "alice");
  room.pass_window();
  refused(presence_errc::too_many_metas, presence_world::plain(3), "alice", "{}");
  room.track(bob, "alice", R"({"d":2})");
  CHECK(room.pass_window().size() == 1);
}

TEST_CASE("a meta of the largest size is tracked; one that left makes room for another") {
  presence_world room{1000, {.meta_bytes_max = 20, .metas_per_key_max = 1, .text_bytes_max = 120}};
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto who = presence_world::plain(i);
    room.track(who, "bob", R"({"a":"0123456789ab"})");
    room.track(who, "bob", R"({"b":"0123456789ab"})");
    room.book.untrack(who, room.now);
  }
  CHECK(room.pass_window().empty());
}

TEST_CASE("every refusal has a reason of its own") {
  std::set<std::string_view> reasons;
  for (auto error = presence_errc::ok; error <= presence_errc::presence_full;
       error = static_cast<presence_errc>(static_cast<int>(error) + 1))
    reasons.insert(describe(error));
  CHECK(reasons.size() == 6);
  CHECK(reasons.count("unknown") == 0);
}
