// Starts that fail during a restart (R6, R7), and the wait between two attempts.
#include "supervisors/supervisor_machine.hpp"

#include "fake_shell.hpp"
#include "supervisors/start_back_off.hpp"
#include <catch2/catch.hpp>

using namespace lintel::supervisors;
using namespace std::chrono_literals;
using testing::fake_shell;
using testing::group_of;
using testing::lines;
using testing::started_abc;
using testing::worker;
using script = fake_shell::start_script;

TEST_CASE("the wait between attempts is 0, 10, 20 ... 640, 1000 ms and stays there") {
  const std::vector<std::chrono::milliseconds> waits{0ms,   10ms,  20ms,  40ms,   80ms,
                                                     160ms, 320ms, 640ms, 1000ms, 1000ms};
  for (std::uint32_t failures = 1; failures <= waits.size(); ++failures)
    CHECK(start_back_off(failures) == waits[failures - 1]);
  CHECK(start_back_off(4'000'000'000U) == 1000ms);
}

TEST_CASE("jitter makes a wait up to a fifth shorter, never longer") {
  std::minstd_rand dice{1};
  for (std::uint32_t failures = 1; failures <= 20; ++failures)
    for (int i = 0; i < 100; ++i) {
      const auto wait = jittered_start_back_off(failures, dice);
      REQUIRE(wait <= start_back_off(failures));
      REQUIRE(wait >= start_back_off(failures) * 4 / 5);
    }
}

TEST_CASE("supervisors with different seeds do not try at the same moments") {
  const auto waits_of = [](std::uint32_t seed) {
    supervisor_machine machine{group_of(strategy::dynamic, {}), seed};
    machine.start();
    machine.start_child(request_id{1}, worker("a"));
    std::vector<std::chrono::milliseconds> waits;
    supervisor_machine::time_point now{};
    const child_key a{1};
    while (machine.next_command()) {
    }
    machine.child_started(a);
    machine.child_down(a, exit_class::crash, "boom", now);
    while (waits.size() < 9) {
      machine.child_failed_to_start(a, "no luck", now += 1min);
      while (const auto command = machine.next_command())
        if (const auto* timer = std::get_if<arm_timer>(&*command)) {
          waits.push_back(timer->delay);
          machine.timer_fired(timer->timer);
        }
    }
    return waits;
  };
  CHECK(waits_of(1) == waits_of(1));
  CHECK(waits_of(1) != waits_of(2));
}

TEST_CASE("R6: a start that fails during a restart is tried again, later and later") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::fail, script::fail, script::fail});
  shell.ends("a");
  CHECK(shell.status("a") == "restarting");
  shell.pass(0ms);
  shell.pass(9ms);
  CHECK(shell.happened() == lines{"start a", "start a"});
  shell.pass(1ms);
  CHECK(shell.happened() == lines{"start a"});
  shell.pass(20ms);
  CHECK(shell.happened() == lines{"start a"});
  CHECK(shell.status("a") == "up");
}

TEST_CASE("R6: a start that succeeds resets the wait") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::fail, script::fail});
  shell.ends("a");
  shell.pass(1s);
  shell.script("a", {script::fail});
  shell.ends("a");
  shell.happened();
  shell.pass(0ms);
  CHECK(shell.happened() == lines{"start a"});
}

TEST_CASE("R6, R3: every failed attempt counts, so a start that never succeeds gives up") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("b", {script::fail, script::fail, script::fail, script::fail, script::fail,
                     script::fail, script::fail, script::fail, script::fail, script::fail,
                     script::fail});
  shell.ends("b");
  shell.pass(1min);
  CHECK(shell.is_finished());
  const auto log = shell.happened();
  CHECK(std::count(log.begin(), log.end(), "start b") == 10);   // the crash itself is the eleventh
  CHECK(lines(log.end() - 3, log.end()) == lines{"stop c", "stop a", "finish: gave up"});
}

TEST_CASE("R6: siblings crash and are restarted between the attempts of a one_for_one child") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::fail, script::fail});
  shell.ends("a");
  shell.pass(0ms);
  shell.ends("b");
  CHECK(shell.happened() == lines{"start a", "start a", "start b"});
}

TEST_CASE("hanging_restart_loop: between two attempts the supervisor answers and can be stopped") {
  const auto how = GENERATE(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one);
  auto shell = started_abc(how);
  shell.script("b", {script::fail, script::fail});
  shell.ends("b");
  CHECK(shell.machine.children().count().active < 3);   // count_restarting_children
  CHECK(shell.start_child(worker("d")) == request_outcome::done);
  CHECK(shell.restart_child("b") == request_outcome::restarting);
  CHECK(shell.delete_child("b") == request_outcome::restarting);
  shell.shut_down();
  CHECK(shell.is_finished());
}

TEST_CASE("T5: to terminate a child between two attempts voids the next one") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::fail});
  shell.ends("a");
  CHECK(shell.terminate_child("a") == request_outcome::done);
  CHECK(shell.status("a") == "stopped");
  shell.happened();
  shell.pass(1min);
  CHECK(shell.happened().empty());
  CHECK(shell.restart_child("a") == request_outcome::done);
}

TEST_CASE("R7, one_for_all_other_child_fails_restart: the whole group is stopped and tried again") {
  auto shell = started_abc(strategy::one_for_all);
  shell.script("b", {script::fail, script::fail});
  shell.ends("c");
  // Those that were up again do not run without b while it waits.
  CHECK(shell.happened() == lines{"stop b", "stop a", "start a", "start b", "stop a"});
  shell.pass(0ms);
  CHECK(shell.happened() == lines{"start a", "start b", "stop a"});
  shell.pass(10ms);
  CHECK(shell.happened() == lines{"start a", "start b", "start c"});
}

TEST_CASE("R7, rest_for_one_other_child_fails_restart: those before the failing one stay") {
  auto shell = started_abc(strategy::rest_for_one);
  shell.script("b", {script::fail, script::fail});
  shell.ends("a");
  CHECK(shell.happened() == lines{"stop c", "stop b", "start a", "start b"});
  shell.pass(0ms);
  CHECK(shell.happened() == lines{"start b"});
  shell.pass(10ms);
  CHECK(shell.happened() == lines{"start b", "start c"});
}

TEST_CASE("rest_for_one: a child before the one that waits is restarted, those behind it wait") {
  auto shell = started_abc(strategy::rest_for_one);
  shell.script("b", {script::fail, script::fail});
  shell.ends("b");
  shell.pass(0ms);
  REQUIRE(shell.happened() == lines{"stop c", "start b", "start b"});
  shell.ends("a");
  CHECK(shell.happened() == lines{"start a"});
  shell.pass(10ms);
  CHECK(shell.happened() == lines{"start b", "start c"});
}

TEST_CASE("R7: a child added while its group waits is started over with the group") {
  auto shell = started_abc(strategy::rest_for_one);
  shell.script("b", {script::fail, script::fail});
  shell.ends("b");
  shell.pass(0ms);
  REQUIRE(shell.start_child(worker("d")) == request_outcome::done);
  shell.happened();
  shell.pass(10ms);
  CHECK(shell.happened() == lines{"stop d", "start b", "start c", "start d"});
}

TEST_CASE("a shutdown calls off the next attempt") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::fail, script::fail});
  shell.ends("a");
  shell.deaf = {"c"};
  shell.shut_down();
  CHECK(shell.status("a") == "stopped");
  shell.pass(1s);
  CHECK(shell.status("a") == "stopped");
  CHECK(shell.happened() == lines{"start a", "stop c"});
}

TEST_CASE("one_for_all_escalation, rest_for_one_escalation: attempts of a group use up its limit") {
  const auto how = GENERATE(strategy::one_for_all, strategy::rest_for_one);
  auto spec = group_of(how, {worker("a"), worker("b")});
  spec.limit = {.count_max = 2};
  fake_shell shell{spec};
  shell.start();
  shell.script("b", {script::fail, script::fail, script::fail});
  shell.ends("a");
  shell.pass(1min);
  CHECK(shell.is_finished());
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

TEST_CASE("R8: a child that is ignored when it is restarted stays as a stopped one") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::ignore});
  shell.ends("a");
  CHECK(shell.status("a") == "stopped");
  CHECK(shell.machine.restarts() == 0);
}
