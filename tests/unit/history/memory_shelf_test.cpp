#include "history/memory_shelf.hpp"

#include "base/ensure.hpp"
#include "tests/unit/history/said.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>
#include <thread>

using namespace lintel::history;
using namespace lintel::testing;
using namespace std::chrono_literals;

namespace {

constexpr retention keep_long{.count_max = 100, .age_max = 1h, .bytes_max = 1 << 20};
constexpr retention keep_nothing{.count_max = 100, .age_max = -1s, .bytes_max = 1 << 20};

void say(kept_topic& topic, std::string_view payload = "{}") {
  topic.messages.append(said(topic.messages.last() + 1, wall_clock_ms(), payload), keep_long);
}

/// A room's life: takes the topic, says so many messages, gives it back. Its epoch and the offset it found.
std::pair<std::string, std::uint64_t> visit(memory_shelf& shelf, const std::string& topic, int count,
                                            const retention& keep = keep_long) {
  const auto it = shelf.take(topic);
  const std::pair found{it->messages.epoch(), it->messages.last()};
  for (int i = 0; i < count; ++i)
    say(*it);
  shelf.give_back(topic, keep);
  return found;
}

} // namespace

TEST_CASE("a topic that rests is found again as it was left") {
  memory_shelf shelf{1 << 20};
  const auto first = visit(shelf, "room:a", 3);
  CHECK(first.second == 0);
  const auto again = shelf.take("room:a");
  CHECK(again->messages.epoch() == first.first);
  CHECK(again->messages.last() == 3);
  CHECK(again->messages.size() == 3);
  CHECK(shelf.resting_bytes() == 0);
  shelf.give_back("room:a", keep_long);
  CHECK(shelf.resting_bytes() > 0);
}

TEST_CASE("a topic in which nothing was said is not kept") {
  memory_shelf shelf{1 << 20};
  const auto first = visit(shelf, "room:a", 0);
  CHECK(shelf.topics() == 0);
  CHECK(shelf.resting_bytes() == 0);
  CHECK(visit(shelf, "room:a", 1).first == first.first); // nobody has heard anything under it
}

TEST_CASE("one room follows another: both have the topic, and the last one puts it to rest") {
  memory_shelf shelf{1 << 20};
  const auto old_one = shelf.take("room:a");
  say(*old_one);
  const auto next_one = shelf.take("room:a");
  CHECK(next_one == old_one);
  shelf.give_back("room:a", keep_nothing); // rules of the first: the next one has other ones
  CHECK(shelf.resting_bytes() == 0);
  CHECK(next_one->messages.size() == 1);
  say(*next_one);
  shelf.give_back("room:a", keep_long);
  CHECK(shelf.resting_bytes() > 0);
  CHECK(visit(shelf, "room:a", 0).second == 2);
}

TEST_CASE("what was not taken cannot be given back") {
  memory_shelf shelf{1 << 20};
  CHECK_THROWS_AS(shelf.give_back("room:a", keep_long), lintel::base::broken_invariant);
  visit(shelf, "room:a", 1);
  CHECK_THROWS_AS(shelf.give_back("room:a", keep_long), lintel::base::broken_invariant);
}

TEST_CASE("a topic that is forgotten begins anew, with another epoch") {
  memory_shelf shelf{1 << 20};
  const auto first = visit(shelf, "room:a", 3, keep_nothing);
  CHECK(shelf.topics() == 0);
  const auto again = visit(shelf, "room:a", 1);
  CHECK(again.second == 0);
  CHECK(again.first != first.first);
}

TEST_CASE("a topic that is forgotten while others live does not change their epochs") {
  memory_shelf shelf{1 << 20};
  const auto b = visit(shelf, "room:b", 1).first;
  visit(shelf, "room:a", 1, keep_nothing);
  CHECK(visit(shelf, "room:b", 1) == std::pair{b, std::uint64_t{1}});
}

TEST_CASE("a topic that is reset never gets an epoch back, not even when nothing is said after that") {
  memory_shelf shelf{1 << 20};
  std::set<std::string> used;
  for (int i = 0; i < 5; ++i) {
    const auto it = shelf.take("room:a");
    say(*it);
    CHECK(used.insert(it->messages.epoch()).second);
    it->messages = stream{shelf.next_epoch()};
    shelf.give_back("room:a", keep_long);
    CHECK(shelf.topics() == 0);
  }
}

TEST_CASE("when all that rests is too much, the soonest to grow old goes first") {
  memory_shelf shelf{15'000};
  const std::string large(6000, ' ');
  const auto rest = [&](const std::string& topic, std::chrono::seconds age) {
    auto keep = keep_long;
    keep.age_max = age;
    const auto it = shelf.take(topic);
    say(*it, large);
    shelf.give_back(topic, keep);
  };
  rest("room:a", 2h);
  rest("room:b", 1h);
  rest("room:c", 3h);
  CHECK(shelf.topics() == 2);
  CHECK(shelf.resting_bytes() <= 15'000);
  CHECK(visit(shelf, "room:b", 0).second == 0);
  CHECK(visit(shelf, "room:a", 0).second == 1);
  CHECK(visit(shelf, "room:c", 0).second == 1);
}

TEST_CASE("a topic that is used is not forgotten, however much rests beside it") {
  memory_shelf shelf{3000};
  const auto held = shelf.take("room:a");
  say(*held, std::string(5000, ' '));
  visit(shelf, "room:b", 1);
  CHECK(shelf.topics() == 2);
  CHECK(shelf.take("room:a") == held);
}

TEST_CASE("keys and cursors count for what rests, and so does a topic with a single short message") {
  memory_shelf shelf{1 << 30};
  visit(shelf, "room:small", 1);
  CHECK(shelf.resting_bytes() >= 500);
  const auto before = shelf.resting_bytes();
  const auto it = shelf.take("room:a");
  say(*it);
  it->keys = std::make_unique<recent_keys>();
  for (int i = 0; i < 1000; ++i)
    it->keys->note("a key of some length: " + std::to_string(i), 1, 0);
  shelf.give_back("room:a", keep_long);
  const auto with_keys = shelf.resting_bytes() - before;
  CHECK(with_keys > 1000 * 128);
  const auto again = shelf.take("room:a");
  for (int i = 0; i < 1000; ++i)
    again->cursors["a session of some length: " + std::to_string(i)] = {1, 0};
  shelf.give_back("room:a", keep_long);
  CHECK(shelf.resting_bytes() - before > with_keys + 1000 * 96);
}

TEST_CASE("two processes never share an epoch") {
  std::set<std::string> epochs;
  for (int i = 0; i < 100; ++i) {
    memory_shelf shelf{1 << 20};
    CHECK(epochs.insert(shelf.take("room:a")->messages.epoch()).second);
  }
}

// The promise: what a client has heard under an epoch stays what it was. Here it is the number of the message.
TEST_CASE("random lives of rooms: an offset of an epoch never means two messages") {
  const auto seed = GENERATE(1u, 2u, 3u);
  INFO("seed " << seed);
  std::mt19937 random{seed};
  memory_shelf shelf{4000};
  std::map<std::string, std::vector<kept_topic_ptr>> taken;
  std::map<std::tuple<std::string, std::string, std::uint64_t>, std::string> heard;
  for (int i = 0; i < 20'000; ++i) {
    const auto topic = "room:" + std::to_string(random() % 6);
    auto& holders = taken[topic];
    const auto dice = random() % 100;
    if (holders.empty() || (holders.size() == 1 && dice < 10)) {
      holders.push_back(shelf.take(topic));
    } else if (dice < 45) {
      auto& it = *holders.back();
      const auto payload = std::to_string(i);
      say(it, payload);
      const auto [found, is_new] = heard.try_emplace({topic, it.messages.epoch(), it.messages.last()}, payload);
      REQUIRE(is_new);
    } else if (dice < 50 && holders.size() == 1) {
      holders.back()->messages = stream{shelf.next_epoch()};
    } else {
      shelf.give_back(topic, random() % 4 == 0 ? keep_nothing : keep_long);
      holders.pop_back();
    }
    REQUIRE(shelf.resting_bytes() <= 4000);
    for (const auto& one : holders.empty() ? std::vector<entry>{} : holders.back()->messages.read({}))
      REQUIRE(heard.at({topic, holders.back()->messages.epoch(), one.offset}) == one.message->view().payload.bytes);
  }
}

TEST_CASE("rooms of several threads take and give back at once") {
  memory_shelf shelf{100'000};
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, own = "room:" + std::to_string(t)] {
      std::uint64_t said_here = 0;
      for (int i = 0; i < 300; ++i) {
        wrong += visit(shelf, own, 1).second == said_here++ ? 0 : 1;
        visit(shelf, "room:shared by nobody for long " + std::to_string(i), 0);
      }
    });
  for (auto& each : threads)
    each.join();
  CHECK(wrong == 0);
  CHECK(shelf.topics() == 4);
}
