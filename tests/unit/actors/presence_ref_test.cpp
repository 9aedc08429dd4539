#include "actors/presence_ref.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <thread>
#include <vector>

using lintel::actors::presence_refs;

TEST_CASE("a presence ref is 16 characters of base64url: the life, then the count") {
  presence_refs refs{0x1234567890ab};
  CHECK(refs.next() == "EjRWeJCrAAAAAAAA");
  CHECK(refs.next() == "EjRWeJCrAAAAAAAB");
  presence_refs highest{0xffffffffffffffff};
  CHECK(highest.next() == "________AAAAAAAA");
}

TEST_CASE("two servers' refs differ, or two lives of one") {
  presence_refs first;
  presence_refs second;
  CHECK(first.next().substr(0, 8) != second.next().substr(0, 8));
}

TEST_CASE("no presence ref is made twice, whoever asks") {
  presence_refs refs;
  std::vector<std::vector<std::string>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i)
          mine.push_back(refs.next());
      });
  }
  std::set<std::string> all;
  for (const auto& mine : made)
    all.insert(mine.begin(), mine.end());
  CHECK(all.size() == 4000);
}
