#include "actors/alarm_clock.hpp"

#include "tests/unit/actors/process_scripts.hpp"

using namespace lintel::testing;
using lintel::actors::alarm_clock;
using lintel::actors::room_alarm;

namespace {

/// A process that sets its clock as told and notes each alarm as "alarm N": the Nth time that was asked for.
struct alarmed {
  explicit alarmed(process_system& world) {
    script what;
    what.handle = [this](probe&, letter_ptr& mail) {
      if (mail->kind == letter_kind::room_alarm)
        take(static_cast<const room_alarm&>(*mail));
      return handled::done;
    };
    process = world.spawn(std::move(what));
  }

  void ask(alarm_clock::time_point::duration delay) {
    inside(*process, [this, delay] {
      asked.push_back(start + delay);
      clock.wake_at(*process, asked.back(), start);
    });
  }
  std::size_t under_way() {
    return inside(*process, [this] { return clock.under_way(); });
  }
  void take(const room_alarm& alarm) {
    clock.rang(alarm);
    const auto which = std::find(asked.begin(), asked.end(), alarm.at) - asked.begin();
    heard.add("alarm " + std::to_string(which));
  }

  const alarm_clock::time_point start = worker::clock::now();
  std::vector<alarm_clock::time_point> asked;
  alarm_clock clock;
  journal heard;
  probe_ptr process;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("an alarm comes, and is then no longer under way") {
  process_system world;
  alarmed it{world};
  it.ask(1ms);
  CHECK(it.heard.wait_for(1) == lines{"alarm 0"});
  CHECK(it.under_way() == 0);
}

TEST_CASE("an alarm in the past comes all the same") {
  process_system world;
  alarmed it{world};
  it.ask(-1h);
  CHECK(it.heard.wait_for(1) == lines{"alarm 0"});
}

TEST_CASE("nothing to wait for sets no alarm") {
  process_system world;
  alarmed it{world};
  inside(*it.process, [&] { it.clock.wake_at(*it.process, std::nullopt, it.start); });
  CHECK(it.under_way() == 0);
}

TEST_CASE("a later deadline needs no alarm of its own; an earlier one does, and comes first") {
  process_system world;
  alarmed it{world};
  it.ask(100ms);
  it.ask(200ms);
  it.ask(100ms);
  CHECK(it.under_way() == 1);
  it.ask(1ms);
  CHECK(it.under_way() == 2);
  CHECK(it.heard.wait_for(2) == lines{"alarm 3", "alarm 0"});
  CHECK(it.under_way() == 0);
}

TEST_CASE("who asks again after each alarm has no more under way than deadlines to come") {
  process_system world;
  alarmed it{world};
  it.ask(1h); // a linger that is far away
  for (std::size_t i = 1; i <= 5; ++i) {
    it.ask(std::chrono::milliseconds{i}); // a window
    it.heard.wait_for(i);
    it.ask(1h);
    CHECK(it.under_way() == 1);
  }
}

TEST_CASE("an alarm that was lost with an incarnation does not silence the clock") {
  process_system world;
  alarmed it{world};
  inside(*it.process, [&] {
    it.clock.wake_at(*it.process, it.start - 10s, it.start - 10s);
    it.clock.wake_at(*it.process, it.start + 1h, it.start);
  });
  CHECK(it.under_way() == 1);
}

TEST_CASE("an alarm keeps nobody alive, and an ended process gets none") {
  process_system world{1}; // its timers run in the order of their deadlines
  auto object = std::make_shared<int>();
  const std::weak_ptr<int> lives = object;
  alarm_clock clock;
  {
    script what;
    what.handle = [object = std::move(object)](probe&, letter_ptr&) { return handled::end; };
    auto process = world.spawn(std::move(what));
    clock.wake_at(*process, worker::clock::now() + 1ms, worker::clock::now());
    post(*process, 1);
  }
  CHECK(clock.under_way() == 1);
  alarmed later{world};
  later.ask(20ms);
  later.heard.wait_for(1);
  CHECK(lives.expired());
  CHECK(world.total(counter::unhandled) == 0);
}
