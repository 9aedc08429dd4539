#include "history/stream.hpp"

#include "base/ensure.hpp"
#include "tests/unit/history/said.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <random>

using namespace lintel::history;
using namespace lintel::testing;
using namespace std::chrono_literals;

namespace {

constexpr retention keep_ten{.count_max = 10, .age_max = 1h, .bytes_max = 1 << 20};

using offsets = std::vector<std::uint64_t>;

offsets of(const std::vector<entry>& entries) {
  offsets all;
  for (const auto& one : entries)
    all.push_back(one.offset);
  return all;
}

stream with(std::uint64_t count, const retention& keep = keep_ten) {
  stream it{"e"};
  for (std::uint64_t offset = 1; offset <= count; ++offset)
    it.append(said(offset), keep);
  return it;
}

/// What a stream promises, said as simply as possible.
struct model {
  std::deque<entry> kept;
  std::uint64_t last = 0;

  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& one : kept)
      sum += bytes_of(one);
    return sum;
  }
  void forget(const retention& keep, std::int64_t now_ms) {
    while (!kept.empty() && (kept.size() > keep.count_max || bytes() > keep.bytes_max ||
                             kept.front().at_ms < now_ms - std::chrono::milliseconds{keep.age_max}.count()))
      kept.pop_front();
  }
  void append(const entry& what, const retention& keep) {
    forget(keep, what.at_ms);
    while (!kept.empty() && (kept.size() + 1 > keep.count_max || bytes() + bytes_of(what) > keep.bytes_max))
      kept.pop_front();
    kept.push_back(what);
    last = what.offset;
  }
  offsets read(const range& which) const {
    std::vector<entry> within;
    for (const auto& one : kept)
      if (one.offset > which.after && one.offset < which.before)
        within.push_back(one);
    if (which.is_newest_first)
      std::ranges::reverse(within);
    offsets found;
    std::uint64_t sum = 0;
    for (const auto& one : within) {
      sum += bytes_of(one);
      if (found.size() == which.count_max || (sum > which.bytes_max && !found.empty()))
        break;
      found.push_back(one.offset);
    }
    std::ranges::sort(found);
    return found;
  }
};

} // namespace

TEST_CASE("a stream begins with nothing, or behind an offset that was used before") {
  const stream fresh{"e"};
  CHECK(fresh.last() == 0);
  CHECK(fresh.first() == 1);
  CHECK(fresh.reaches_back_to(0));
  CHECK_FALSE(fresh.reaches_back_to(1));
  CHECK(fresh.read({}).empty());
  const stream later{"e", 41};
  CHECK(later.last() == 41);
  CHECK(later.first() == 42);
  CHECK(later.reaches_back_to(41));
  CHECK_FALSE(later.reaches_back_to(40));
  CHECK(later.read({}).empty());
}

TEST_CASE("offsets have no holes and never come twice") {
  auto it = with(3);
  for (const auto wrong : {0u, 2u, 3u, 5u})
    CHECK_THROWS_AS(it.append(said(wrong), keep_ten), lintel::base::broken_invariant);
  CHECK(it.last() == 3);
  it.append(said(4), keep_ten);
  CHECK(of(it.read({})) == offsets{1, 2, 3, 4});
}

TEST_CASE("the newest are kept: by count, by bytes and by age") {
  CHECK(of(with(13).read({})) == offsets{4, 5, 6, 7, 8, 9, 10, 11, 12, 13});
  CHECK(of(with(9, {.count_max = 100, .age_max = 1h, .bytes_max = 20}).read({})) == offsets{7, 8, 9}); // 6 bytes each
  stream it{"e"};
  for (std::uint64_t offset = 1; offset <= 5; ++offset)
    it.append(said(offset, static_cast<std::int64_t>(offset) * 1000), {.age_max = 2s});
  CHECK(of(it.read({})) == offsets{3, 4, 5});
  it.trim({.age_max = 2s}, 6001);
  CHECK(of(it.read({})) == offsets{5});
  it.trim({.age_max = 2s}, 1'000'000);
  CHECK(it.size() == 0);
  CHECK(it.bytes() == 0);
  CHECK(it.last() == 5);
  CHECK(it.first() == 6);
}

TEST_CASE("a message that is larger than all that is kept is kept alone, until there is the next") {
  auto it = with(3);
  it.append(said(4, 1000, std::string(3000, ' ')), {.bytes_max = 100});
  CHECK(of(it.read({.bytes_max = 1})) == offsets{4}); // at least one message is read
  it.append(said(5), {.bytes_max = 100});
  CHECK(of(it.read({})) == offsets{5});
  CHECK(it.bytes() == 6);
}

TEST_CASE("a range is cut at the end that was not asked for, and always read in order") {
  const auto it = with(10);
  CHECK(of(it.read({.after = 4, .count_max = 3})) == offsets{5, 6, 7});
  CHECK(of(it.read({.before = 8, .count_max = 3, .is_newest_first = true})) == offsets{5, 6, 7});
  CHECK(of(it.read({.after = 5, .before = 8, .is_newest_first = true})) == offsets{6, 7});
  CHECK(of(it.read({.after = 2, .bytes_max = 13})) == offsets{3, 4});
  CHECK(of(it.read({.bytes_max = 13, .is_newest_first = true})) == offsets{9, 10});
}

TEST_CASE("a range that holds nothing is empty, wherever its ends are") {
  const auto it = with(10);
  for (const range& which : {range{.after = 10}, range{.after = 1'000'000}, range{.before = 1}, range{.before = 0},
                             range{.after = 5, .before = 6}, range{.after = 7, .before = 3}, range{.count_max = 0}})
    for (const bool newest : {false, true}) {
      auto both = which;
      both.is_newest_first = newest;
      CHECK(it.read(both).empty());
    }
}

TEST_CASE("a stream reaches back to the offset before its first message, and to no offset of the future") {
  const auto it = with(13); // keeps 4 to 13
  CHECK_FALSE(it.reaches_back_to(2));
  CHECK(it.reaches_back_to(3));
  CHECK(it.reaches_back_to(13));
  CHECK_FALSE(it.reaches_back_to(14));
}

TEST_CASE("random streams agree with a list") {
  const auto seed = GENERATE(1u, 2u, 3u, 4u);
  INFO("seed " << seed);
  std::mt19937 random{seed};
  const auto below = [&](std::uint64_t end) { return random() % end; };
  const retention keep{
      .count_max = 1 + below(40), .age_max = std::chrono::seconds{1 + below(20)}, .bytes_max = 20 + below(600)};
  stream it{"e", 7};
  model expected{.last = 7};
  std::int64_t now = 1'000'000;
  for (int i = 0; i < 4000; ++i) {
    now += static_cast<std::int64_t>(below(400)) - 20; // a wall clock may step back
    if (below(10) == 0) {
      it.trim(keep, now);
      expected.forget(keep, now);
    } else {
      const auto what = said(it.last() + 1, now, std::string(2 + below(60), ' '));
      it.append(what, keep);
      expected.append(what, keep);
    }
    const range which{.after = it.last() < 60 ? below(10) : it.last() - below(60),
                      .before = below(3) == 0 ? UINT64_MAX : it.last() + 2 - std::min(it.last(), below(60)),
                      .count_max = static_cast<std::uint32_t>(below(50)),
                      .bytes_max = below(800),
                      .is_newest_first = below(2) == 0};
    REQUIRE(of(it.read(which)) == expected.read(which));
    REQUIRE(it.last() == expected.last);
    REQUIRE(it.size() == expected.kept.size());
    REQUIRE(it.bytes() == expected.bytes());
    REQUIRE(it.first() == expected.last + 1 - expected.kept.size());
  }
}
