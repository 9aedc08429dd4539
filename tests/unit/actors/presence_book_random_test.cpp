#include "tests/unit/actors/presence_world.hpp"

#include <algorithm>
#include <deque>
#include <random>

using namespace lintel::testing;
using view = presence_book::view;

namespace {

/// The same rules as the book's, kept the simplest way: who tracks what, as of now.
struct model {
  struct tracked {
    std::uint32_t by;
    std::string key;
    std::string meta;
    std::string ref;
    std::optional<presence_book::time_point> absent_at;
  };
  std::map<std::string, tracked> all; ///< by owner

  void pass(presence_book::time_point now) {
    std::erase_if(all, [&](const auto& entry) { return entry.second.absent_at && *entry.second.absent_at <= now; });
  }
  presence_list list() const {
    presence_list users;
    for (const auto& [owner, it] : all)
      users[it.key].emplace(it.ref, it.meta);
    return users;
  }
};

/// Random operations on a book, the model beside it, and members that join at any time and listen.
class experiment {
public:
  experiment(std::uint32_t seed, std::uint32_t listed_max) : random_(seed), room_(listed_max) {}

  void step() {
    const auto who = any_owner();
    switch (below(8)) {
    case 0:
    case 1:
    case 2: track(who); break;
    case 3: untrack(who); break;
    case 4: lose(who); break;
    case 5: come_back(who); break;
    case 6: join(); break;
    default: pass(below(10) == 0 ? std::chrono::milliseconds{5000} : std::chrono::milliseconds{below(30)});
    }
    compare();
  }

  /// Nothing happens for long enough: everybody has been told everything.
  void settle() {
    pass(1min);
    compare();
    CHECK(room_.book.next_deadline() == std::nullopt);
    if (room_.book.is_listed())
      CHECK(room_.someone.list == list_of(room_.book, view::present));
    else
      CHECK(room_.someone.count == room_.book.users());
  }

private:
  struct owner {
    presence_owner who;
    std::string name;
    std::uint32_t by;
  };

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

  // Three sessions that may come by any of three connections, three connections without one.
  owner any_owner() {
    static const std::vector<std::string> sids{"session-one-of-three", "session-two-of-three", "session-3-of-three"};
    const auto which = below(6);
    const auto by = below(3);
    if (which < 3)
      return {presence_world::session(sids[which], by), sids[which], by};
    return {presence_world::plain(10 + which), "plain" + std::to_string(which), 10 + which};
  }

  void track(const owner& it) {
    const auto key = "key" + std::to_string(below(3));
    const auto value = std::to_string(below(3));
    const auto before = room_.ref(it.who);
    room_.track(it.who, key, R"({"d":)" + value + "}");
    const auto ref = room_.ref(it.who);
    const auto known = model_.all.find(it.name);
    const bool is_same = known != model_.all.end() && known->second.key == key && known->second.meta == "d=" + value;
    CHECK((ref == before) == is_same);
    model_.all[it.name] = {it.by, key, "d=" + value, ref, std::nullopt};
  }

  model::tracked* held(const owner& it) {
    const auto known = model_.all.find(it.name);
    return known != model_.all.end() && known->second.by == it.by ? &known->second : nullptr;
  }

  void untrack(const owner& it) {
    room_.book.untrack(it.who, room_.now);
    if (held(it) != nullptr)
      model_.all.erase(it.name);
  }

  void lose(const owner& it) {
    room_.book.lost(it.who, room_.now);
    auto* tracked = held(it);
    if (tracked == nullptr)
      return;
    if (it.who.session.empty())
      model_.all.erase(it.name);
    else if (!tracked->absent_at)
      tracked->absent_at = room_.now + room_.rules.linger;
  }

  void come_back(const owner& it) {
    const auto known = model_.all.find(it.name);
    CHECK(room_.book.returned(it.who) == (known != model_.all.end()));
    if (known == model_.all.end())
      return;
    known->second.by = it.by;
    known->second.absent_at.reset();
  }

  void join() {
    auto& late = members_.emplace_back();
    for (const auto& news : room_.book.first_news())
      late.hear(news);
  }

  void pass(presence_book::time_point::duration time) {
    for (const auto& news : room_.pass(time))
      for (auto& member : members_)
        member.hear(news);
    model_.pass(room_.now);
  }

  void compare() {
    CHECK(room_.book.metas() == model_.all.size());
    const auto present = model_.list();
    CHECK(room_.book.users() == present.size());
    for (const auto& [name, it] : model_.all)
      CHECK(present.at(it.key).at(it.ref) == it.meta);
    if (model_.all.size() <= room_.rules.listed_max)
      CHECK(list_of(room_.book, view::present) == present);
    CHECK(room_.someone.list == list_of(room_.book, view::told));
    for (const auto& member : members_)
      CHECK(member.list == room_.someone.list);
    while (members_.size() > 5)
      members_.pop_front();
  }

  std::mt19937 random_;
  presence_world room_;
  model model_;
  std::deque<watcher> members_;
};

} // namespace

TEST_CASE("whatever happens, the book says what the simplest model says, and all members believe the same") {
  for (const std::uint32_t listed_max : {1000U, 4U, 1U}) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      INFO("seed " << seed << ", " << listed_max << " are listed");
      experiment it{seed, listed_max};
      for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 60; ++i)
          it.step();
        it.settle();
      }
    }
  }
}
