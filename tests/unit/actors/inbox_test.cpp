#include "actors/inbox.hpp"

#include "actors/letter.hpp"
#include "tests/support/probe.hpp"

#include <caf/mailbox_element.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace lintel::actors;
using lintel::testing::number_of;
using lintel::testing::numbered;

namespace {

using pushed = inbox::pushed;

pushed push(inbox& box, int number, int sender = 0) {
  auto mail = std::make_unique<numbered>(number, sender);
  const auto outcome = box.push(mail_node{mail.get()});
  if (outcome != pushed::refused)
    mail.release();
  return outcome;
}

std::vector<int> numbers(mail_node first) {
  std::vector<int> all;
  while (first) {
    const auto next = first.next();
    const letter_ptr mail{first.as_letter()};
    all.push_back(number_of(*mail));
    first = next;
  }
  return all;
}

} // namespace

TEST_CASE("an inbox hands out its mail in the order it came") {
  inbox box;
  for (int i = 1; i <= 5; ++i)
    CHECK(push(box, i) == pushed::queued);
  CHECK(numbers(box.take_all()) == std::vector{1, 2, 3, 4, 5});
  CHECK(!box.take_all());
}

TEST_CASE("letters and CAF messages share one order") {
  inbox box;
  (void)push(box, 1);
  auto message = caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, 2);
  CHECK(box.push(mail_node{message.get()}) == pushed::queued);
  message.release();
  (void)push(box, 3);
  auto node = box.take_all();
  REQUIRE(node.is_letter());
  CHECK(number_of(*node.as_letter()) == 1);
  auto second = node.next();
  letter_ptr first_owned{node.as_letter()};
  REQUIRE_FALSE(second.is_letter());
  auto third = second.next();
  caf::mailbox_element_ptr second_owned{second.as_caf()};
  CHECK(second_owned->content().get_as<int>(0) == 2);
  REQUIRE(third.is_letter());
  CHECK(numbers(third) == std::vector{3});
}

TEST_CASE("only the push that ends a sleep reports it") {
  inbox box;
  REQUIRE(box.fall_asleep());
  CHECK(push(box, 1) == pushed::woke_reader);
  CHECK(push(box, 2) == pushed::queued);
  CHECK(numbers(box.take_all()) == std::vector{1, 2});
}

TEST_CASE("a reader with mail does not fall asleep") {
  inbox box;
  (void)push(box, 1);
  CHECK_FALSE(box.fall_asleep());
  CHECK(numbers(box.take_all()) == std::vector{1});
  CHECK(box.fall_asleep());
}

TEST_CASE("a reader that sleeps cannot fall asleep twice") {
  inbox box;
  REQUIRE(box.fall_asleep());
  CHECK_FALSE(box.fall_asleep());
}

TEST_CASE("closing returns what was left in order, and refuses what comes later") {
  inbox box;
  (void)push(box, 1);
  (void)push(box, 2);
  CHECK(numbers(box.close()) == std::vector{1, 2});
  CHECK(push(box, 3) == pushed::refused);
  CHECK(!box.close());
}

TEST_CASE("an inbox that closes in its sleep has nothing left") {
  inbox box;
  REQUIRE(box.fall_asleep());
  CHECK(!box.close());
  CHECK(push(box, 1) == pushed::refused);
}

TEST_CASE("four writers lose nothing, keep their order, and wake the reader once per sleep") {
  constexpr int writers = 4, each = 100'000;
  inbox box;
  std::atomic<int> wake_ups{0}, sleeps{0};
  std::vector<std::thread> threads;
  for (int sender = 0; sender < writers; ++sender)
    threads.emplace_back([&, sender] {
      for (int i = 0; i < each; ++i)
        if (push(box, i, sender) == pushed::woke_reader)
          ++wake_ups;
    });
  std::array<int, writers> next{};
  bool is_in_order = true;
  for (int left = writers * each; left > 0;) {
    auto node = box.take_all();
    if (!node) {
      if (box.fall_asleep()) {
        ++sleeps;
        while (wake_ups < sleeps)
          std::this_thread::yield();
      }
      continue;
    }
    while (node) {
      const auto following = node.next();
      const letter_ptr mail{node.as_letter()};
      auto& expected = next[static_cast<std::size_t>(static_cast<numbered&>(*mail).sender)];
      is_in_order = is_in_order && number_of(*mail) == expected;
      ++expected;
      --left;
      node = following;
    }
  }
  for (auto& t : threads)
    t.join();
  CHECK(is_in_order);
  CHECK(wake_ups == sleeps);
  CHECK(!box.take_all());
}

TEST_CASE("a letter is refused or handed out when its inbox closes under four writers") {
  constexpr int each = 20'000;
  inbox box;
  std::atomic<int> queued{0}, refused{0};
  std::vector<std::thread> threads;
  for (int sender = 0; sender < 4; ++sender)
    threads.emplace_back([&] {
      for (int i = 0; i < each; ++i)
        ++(push(box, i) == pushed::refused ? refused : queued);
    });
  std::size_t taken = 0;
  while (queued < each)
    taken += numbers(box.take_all()).size();
  taken += numbers(box.close()).size();
  for (auto& t : threads)
    t.join();
  CHECK(queued + refused == 4 * each);
  CHECK(taken == static_cast<std::size_t>(queued));
}
