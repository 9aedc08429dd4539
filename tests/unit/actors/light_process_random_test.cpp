#include "actors/light_process.hpp"

#include "tests/support/probe.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <thread>

// A thousand processes that crash, back off, wait, give up and are killed while four threads write to them.

using namespace lintel::testing;
using namespace std::chrono_literals;
using lintel::actors::exit_report;
using lintel::actors::worker;
using lintel::supervisors::failure;

namespace {

constexpr int senders = 4, letters_each = 25'000;
constexpr std::size_t processes = 1000;

/// What became of every letter.
struct bookkeeping {
  std::array<std::array<std::atomic<int>, letters_each>, senders> ends{};
  std::atomic<bool> is_in_order = true;
  gate all_ended{senders * letters_each};

  void ended(const numbered& mail) {
    ++ends[static_cast<std::size_t>(mail.sender)][static_cast<std::size_t>(mail.number)];
    all_ended.arrive();
  }
};

/// One process's view: only its own handlers touch it.
struct witness {
  bookkeeping& books;
  std::mt19937 random;
  std::array<int, senders> last = {-1, -1, -1, -1};
  int postponed = -1;

  void saw(const letter& mail) {
    const auto& it = static_cast<const numbered&>(mail);
    auto& before = last[static_cast<std::size_t>(it.sender)];
    if (it.number <= before)
      books.is_in_order = false;
    before = it.number;
    books.ended(it);
  }

  handled handle(probe& self, const letter& mail) {
    const auto dice = random() % 200;
    if (dice == 0)
      throw std::runtime_error{"boom"};
    if (dice < 6 && std::exchange(postponed, number_of(mail)) != number_of(mail)) {
      self.pool().call_after(0ms, [me = probe_ptr{&self}] { me->wake(); });
      return handled::not_now;
    }
    saw(mail);
    return handled::done;
  }

  verdict judge(const exit_report& report) {
    const auto dice = random() % 100;
    if (report.how == failure::kill || dice < 50)
      return {.what = verdict::action::restart_now};
    if (dice < 90)
      return {.what = verdict::action::restart_after, .delay = 1ms};
    return {.what = verdict::action::give_up};
  }
};

script watched_by(const std::shared_ptr<witness>& it) {
  script what;
  what.handle = [it](probe& self, letter_ptr& mail) { return it->handle(self, *mail); };
  what.refuse = [it](letter& mail) {
    if (mail.kind == letter_kind::inbound_frame)
      it->saw(mail);
  };
  what.begin = [it] {
    if (it->random() % 10 == 0)
      throw std::runtime_error{"cannot begin"};
  };
  what.failed = [it](const exit_report& report) { return it->judge(report); };
  return what;
}

void write_letters(int sender, unsigned seed, const std::vector<probe_ptr>& all, bookkeeping& books) {
  std::mt19937 random{seed};
  for (int n = 0; n < letters_each; ++n) {
    auto& target = *all[random() % all.size()];
    const auto dice = random() % 100;
    if (dice < 6)
      target.post(
          std::make_unique<control_letter>(dice < 3 ? control_letter::order::kill : control_letter::order::crash));
    if (auto back = target.post(std::make_unique<numbered>(n, sender)))
      books.ended(static_cast<numbered&>(*back));
  }
}

} // namespace

TEST_CASE("under kills, crashes, back-off and waiting every letter is handled or refused exactly once, in order") {
  const auto seed = GENERATE(1u, 20u, 300u);
  INFO("seed " << seed);
  auto books = std::make_unique<bookkeeping>();
  process_system world;
  std::vector<probe_ptr> all;
  for (std::size_t i = 0; i < processes; ++i) {
    const auto home = i % 3 == 2 ? light_process::anywhere : static_cast<std::uint16_t>(i % 3);
    auto it = std::make_shared<witness>(witness{*books, std::mt19937{seed * 1000 + static_cast<unsigned>(i)}});
    all.push_back(world.spawn(watched_by(it), home));
  }
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender)
    threads.emplace_back([&, sender] { write_letters(sender, seed + static_cast<unsigned>(sender), all, *books); });
  for (auto& t : threads)
    t.join();
  REQUIRE(books->all_ended.wait());
  CHECK(books->is_in_order);
  std::size_t wrong = 0;
  for (const auto& of_sender : books->ends)
    for (const auto& count : of_sender)
      wrong += count == 1 ? 0 : 1;
  CHECK(wrong == 0);
  CHECK(world.total(lintel::actors::counter::gave_up) > 0);
  CHECK(world.total(lintel::actors::counter::restarts) > 0);
}
