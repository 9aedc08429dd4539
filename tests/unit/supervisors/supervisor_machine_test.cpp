// The rules of OTP's supervisor, by number, and the cases of its supervisor_SUITE, by name: starts,
// stops, kinds of restart and strategies. Failing starts, requests and significant children have
// files of their own.
#include "supervisors/supervisor_machine.hpp"

#include "fake_shell.hpp"
#include <catch2/catch.hpp>

using namespace lintel::supervisors;
using namespace std::chrono_literals;
using testing::fake_shell;
using testing::group_of;
using testing::lines;
using testing::worker;
using script = fake_shell::start_script;

namespace {

fake_shell started(strategy how, std::vector<child_spec> children) {
  fake_shell shell{group_of(how, std::move(children))};
  shell.start();
  shell.happened();
  return shell;
}

fake_shell started_abc(strategy how) {
  return started(how, {worker("a"), worker("b"), worker("c")});
}

fake_shell started_with_limit(strategy how, restart_limit limit) {
  auto spec = group_of(how, {worker("a"), worker("b")});
  spec.limit = limit;
  fake_shell shell{spec};
  shell.start();
  shell.happened();
  return shell;
}

} // namespace

TEST_CASE("S1, sup_start_normal: children start in the order of the spec") {
  fake_shell shell{group_of(strategy::one_for_one, {worker("a"), worker("b"), worker("c")})};
  shell.start();
  CHECK(shell.happened() == lines{"start a", "start b", "start c", "started"});
}

TEST_CASE("S1: the next child does not start before the one before it is ready") {
  fake_shell shell{group_of(strategy::one_for_one, {worker("a"), worker("b")})};
  shell.script("a", {script::hang});
  shell.start();
  CHECK(shell.happened() == lines{"start a"});
  CHECK(shell.status("a") == "starting");
  CHECK(shell.status("b") == "starting");
  shell.finish_start("a");
  CHECK(shell.happened() == lines{"start b", "started"});
}

TEST_CASE("a supervisor without children has started at once and stops at once") {
  fake_shell shell{group_of(strategy::one_for_all, {})};
  shell.start();
  shell.shut_down();
  CHECK(shell.happened() == lines{"started", "finish: asked"});
}

TEST_CASE("S2, sup_start_fail: when a start fails the children before it are stopped in reverse") {
  fake_shell shell{group_of(strategy::one_for_one, {worker("a"), worker("b"), worker("c")})};
  shell.script("c", {script::fail});
  shell.start();
  CHECK(shell.happened() == lines{"start a", "start b", "start c", "stop b", "stop a",
                                  "finish: failed to start"});
  CHECK(shell.finished->why == "child 'c' failed to start: no luck");
}

TEST_CASE("S2: a child that dies before it is ready is a failed start") {
  fake_shell shell{group_of(strategy::one_for_one, {worker("a"), worker("b")})};
  shell.script("b", {script::hang});
  shell.start();
  shell.ends("b");
  CHECK(shell.happened() == lines{"start a", "start b", "stop a", "finish: failed to start"});
}

TEST_CASE("S3, sup_start_ignore_child: an ignored child keeps its spec and is not active") {
  fake_shell shell{group_of(strategy::one_for_one, {worker("a"), worker("b")})};
  shell.script("a", {script::ignore});
  shell.start();
  CHECK(shell.happened() == lines{"start a", "start b", "started"});
  const auto count = shell.machine.children().count();
  CHECK(count.specs == 2);
  CHECK(count.active == 1);
  CHECK(count.supervisors == 0);
  CHECK(count.workers == 2);
}

TEST_CASE("sup_start_ignore_temporary_child: the spec of an ignored temporary child is dropped") {
  fake_shell shell{group_of(strategy::one_for_one, {worker("a", restart::temporary)})};
  shell.script("a", {script::ignore});
  shell.start();
  CHECK(shell.machine.children().count().specs == 0);
}

TEST_CASE("a shutdown while a child is starting stops that child first") {
  fake_shell shell{group_of(strategy::one_for_one, {worker("a"), worker("b"), worker("c")})};
  shell.script("b", {script::hang});
  shell.start();
  shell.shut_down();
  CHECK(shell.happened() == lines{"start a", "start b", "stop b", "stop a", "finish: asked"});
}

TEST_CASE("T1, order_of_children: children stop in reverse, each after the one before has ended") {
  auto shell = started_abc(strategy::one_for_one);
  shell.deaf = {"b"};
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop c", "stop b"});
  shell.ends("b", exit_class::shutdown);
  CHECK(shell.happened() == lines{"stop a", "finish: asked"});
}

TEST_CASE("T2, sup_stop_timeout: a child that does not stop in time is killed") {
  auto shell = started_abc(strategy::one_for_one);
  shell.deaf = {"b"};
  shell.shut_down();
  shell.pass(4999ms);
  CHECK(shell.happened() == lines{"stop c", "stop b"});
  shell.pass(1ms);
  CHECK(shell.happened() == lines{"kill b", "stop a", "finish: asked"});
}

TEST_CASE("T2: a child that hangs even after the kill is abandoned, and the others still stop") {
  auto shell = started_abc(strategy::one_for_one);
  shell.deaf = {"c"};
  shell.immortal = {"c"};
  shell.shut_down();
  shell.pass(5s);
  shell.pass(supervisor_machine::kill_patience - 1ms);
  CHECK(shell.happened() == lines{"stop c", "kill c"});
  shell.pass(1ms);
  CHECK(shell.happened() == lines{"abandon", "stop b", "stop a", "finish: asked"});
}

TEST_CASE("sup_stop_brutal_kill: a child with brutal_kill is killed without being asked") {
  auto child = worker("a");
  child.shutdown = brutal_kill{};
  auto shell = started(strategy::one_for_one, {child});
  shell.shut_down();
  CHECK(shell.happened() == lines{"kill a", "finish: asked"});
}

TEST_CASE("sup_stop_infinity: supervisors, and children that say so, are waited for") {
  auto child = worker("a");
  child.shutdown = infinity{};
  auto below = worker("b");
  below.kind = child_kind::supervisor;
  auto shell = started(strategy::one_for_one, {child, below});
  shell.deaf = {"a", "b"};
  shell.shut_down();
  shell.pass(std::chrono::hours{24});
  CHECK(shell.happened() == lines{"stop b"});
  shell.ends("b", exit_class::shutdown);
  shell.pass(std::chrono::hours{24});
  CHECK(shell.happened() == lines{"stop a"});
}

TEST_CASE("T3, sup_stop_race: children that die by themselves during a shutdown do not disturb it") {
  const auto type = GENERATE(restart::permanent, restart::transient, restart::temporary);
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::crash,
                            exit_class::kill);
  auto shell = started(strategy::one_for_all,
                       {worker("a"), worker("b", type), worker("c", type), worker("d")});
  shell.deaf = {"c", "d"};
  shell.shut_down();
  shell.ends("b", how);   // its turn has not come
  shell.ends("d", how);   // it was asked, and crashed over it
  shell.ends("c", how);
  CHECK(shell.happened() == lines{"stop d", "stop c", "stop a", "finish: asked"});
}

TEST_CASE("the first reason to shut down is the one reported") {
  auto shell = started_with_limit(strategy::one_for_one, {.count_max = 0});
  shell.deaf = {"a"};
  shell.ends("b");
  shell.shut_down();
  shell.ends("a", exit_class::shutdown);
  CHECK(shell.happened() == lines{"stop a", "finish: gave up"});
}

TEST_CASE("R1, permanent_normal, _shutdown, _abnormal: a permanent child is always restarted") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::gave_up,
                            exit_class::crash, exit_class::kill);
  auto shell = started(strategy::one_for_one, {worker("a")});
  shell.ends("a", how);
  CHECK(shell.happened() == lines{"start a"});
  CHECK(shell.status("a") == "up");
}

TEST_CASE("R1, transient_normal, _shutdown: a transient child that ends in order stays stopped") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::gave_up);
  auto shell = started(strategy::one_for_one, {worker("a", restart::transient)});
  shell.ends("a", how);
  CHECK(shell.happened().empty());
  CHECK(shell.status("a") == "stopped");
}

TEST_CASE("R1, transient_abnormal: a transient child that fails is restarted") {
  const auto how = GENERATE(exit_class::crash, exit_class::kill);
  auto shell = started(strategy::one_for_one, {worker("a", restart::transient)});
  shell.ends("a", how);
  CHECK(shell.happened() == lines{"start a"});
}

TEST_CASE("R1, temporary_normal, _shutdown, _abnormal: a temporary child is gone with its spec") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::crash,
                            exit_class::kill);
  auto shell = started(strategy::one_for_one, {worker("a", restart::temporary), worker("b")});
  shell.ends("a", how);
  CHECK(shell.happened().empty());
  CHECK(shell.status("a") == "gone");
  CHECK(shell.machine.restarts() == 0);
}

TEST_CASE("R1, temporary_bystander: a temporary child is stopped with its group and not restarted") {
  const auto how = GENERATE(strategy::one_for_all, strategy::rest_for_one);
  auto shell = started(how, {worker("a"), worker("b", restart::temporary), worker("c")});
  shell.ends("a");
  CHECK(shell.happened() == lines{"stop c", "stop b", "start a", "start c"});
  CHECK(shell.status("b") == "gone");
}

TEST_CASE("R2, one_for_one: only the child that failed is restarted") {
  auto shell = started_abc(strategy::one_for_one);
  shell.ends("b");
  CHECK(shell.happened() == lines{"start b"});
}

TEST_CASE("R2, one_for_all: all are stopped in reverse and started in order") {
  auto shell = started_abc(strategy::one_for_all);
  shell.ends("b");
  CHECK(shell.happened() == lines{"stop c", "stop a", "start a", "start b", "start c"});
}

TEST_CASE("R2, rest_for_one: the children before the failed one are not touched") {
  auto shell = started(strategy::rest_for_one,
                       {worker("a"), worker("b"), worker("c"), worker("d")});
  shell.ends("b");
  CHECK(shell.happened() == lines{"stop d", "stop c", "start b", "start c", "start d"});
}

TEST_CASE("R2: nothing is started before the slowest of the group has stopped") {
  auto shell = started_abc(strategy::rest_for_one);
  shell.deaf = {"c"};
  shell.ends("a");
  CHECK(shell.happened() == lines{"stop c"});
  shell.pass(4s);
  CHECK(shell.happened().empty());
  shell.pass(1s);
  CHECK(shell.happened() == lines{"kill c", "stop b", "start a", "start b", "start c"});
}

TEST_CASE("R2: a group restart brings back a bystander that had ended before") {
  auto shell = started(strategy::one_for_all, {worker("a"), worker("b", restart::transient)});
  shell.ends("b", exit_class::normal);
  shell.ends("a");
  CHECK(shell.happened() == lines{"start a", "start b"});
}

TEST_CASE("a bystander that crashes while its group is being stopped is not counted") {
  auto shell = started_with_limit(strategy::one_for_all, {.count_max = 1});
  shell.deaf = {"b"};
  shell.ends("a");
  shell.ends("b", exit_class::crash);
  CHECK(shell.happened() == lines{"stop b", "start a", "start b"});
}

TEST_CASE("rest_for_one: a child that fails while those behind it restart widens the group") {
  auto shell = started_abc(strategy::rest_for_one);
  shell.script("c", {script::hang});
  shell.ends("b");
  REQUIRE(shell.happened() == lines{"stop c", "start b", "start c"});
  shell.ends("a");
  CHECK(shell.happened() == lines{"stop c", "stop b", "start a", "start b", "start c"});
}

TEST_CASE("one_for_one: a restart that takes long does not delay the restart of a sibling") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::hang});
  shell.ends("a");
  shell.ends("b");
  CHECK(shell.happened() == lines{"start a", "start b"});
  CHECK(shell.status("a") == "restarting");
}

TEST_CASE("R3: a restart of the whole group counts once") {
  auto shell = started_with_limit(strategy::one_for_all, {.count_max = 2});
  shell.ends("a");
  shell.ends("b");
  CHECK_FALSE(shell.is_finished());
  shell.ends("a");
  CHECK(shell.is_finished());
}

TEST_CASE("R3: with a limit of nought the first failure gives up") {
  auto shell = started_with_limit(strategy::one_for_one, {.count_max = 0});
  shell.ends("a");
  CHECK(shell.happened() == lines{"stop b", "finish: gave up"});
}

TEST_CASE("R3: children of one supervisor share its limit") {
  auto shell = started_with_limit(strategy::one_for_one, {.count_max = 2});
  shell.ends("a");
  shell.ends("b");
  shell.ends("a");
  CHECK(shell.is_finished());
}

TEST_CASE("R5, one_for_one_escalation: one failure too many stops the others and gives up") {
  auto shell = started_abc(strategy::one_for_one);
  for (int i = 0; i < 10; ++i)
    shell.ends("b");
  shell.happened();
  shell.ends("b");
  CHECK(shell.happened() == lines{"stop c", "stop a", "finish: gave up"});
  CHECK(shell.finished->why
        == "child 'b' ended (boom) and 10 restarts within 5000 ms are used up");
}

TEST_CASE("multiple_restarts: a child that crashes slower than the limit is restarted for ever") {
  auto shell = started_with_limit(strategy::one_for_one, {.count_max = 1, .window = 1s});
  for (int i = 0; i < 100; ++i) {
    shell.ends("a");
    shell.pass(1100ms);
  }
  CHECK_FALSE(shell.is_finished());
  CHECK(shell.machine.restarts() == 100);
}

TEST_CASE("restarts are counted for each child that was started again, not for first starts") {
  auto shell = started_abc(strategy::rest_for_one);
  shell.ends("b");
  shell.ends("c");
  const auto& children = shell.machine.children().all();
  CHECK(children[0].restarts == 0);
  CHECK(children[1].restarts == 1);
  CHECK(children[2].restarts == 2);
  CHECK(shell.machine.restarts() == 3);
}

TEST_CASE("a death that was reported already, or of a child unknown, changes nothing") {
  auto shell = started(strategy::one_for_one, {worker("a", restart::transient)});
  const auto key = shell.key_of("a");
  shell.ends("a", exit_class::normal);
  shell.machine.child_down(key, exit_class::crash, "again", shell.now);
  shell.machine.child_down(child_key{99}, exit_class::crash, "who?", shell.now);
  shell.machine.timer_fired(timer_id{99});
  CHECK_FALSE(shell.machine.next_command());
}

TEST_CASE("a new incarnation adopts living children and starts the others") {
  auto shell = started(strategy::rest_for_one,
                       {worker("a"), worker("b", restart::transient), worker("c")});
  shell.ends("b", exit_class::normal);
  shell.begin_incarnation();
  CHECK(shell.happened() == lines{"start b"});
}

TEST_CASE("a new incarnation has forgotten the restarts of the one before") {
  auto shell = started_with_limit(strategy::one_for_one, {.count_max = 1});
  shell.ends("a");
  shell.begin_incarnation();
  shell.ends("a");
  CHECK_FALSE(shell.is_finished());
  shell.ends("a");
  CHECK(shell.is_finished());
}

TEST_CASE("a new incarnation does not wait for the next attempt of the one before") {
  auto shell = started_abc(strategy::one_for_one);
  shell.script("a", {script::fail, script::fail, script::fail});
  shell.ends("a");
  shell.pass(0ms);
  REQUIRE(shell.happened() == lines{"start a", "start a"});
  shell.begin_incarnation();
  CHECK(shell.happened() == lines{"start a"});
  CHECK(shell.status("a") == "restarting");
  shell.pass(0ms);   // the first failure of the new incarnation is retried at once
  CHECK(shell.status("a") == "up");
}

TEST_CASE("a new incarnation does not call off a shutdown") {
  auto shell = started_abc(strategy::one_for_one);
  shell.deaf = {"c"};
  shell.shut_down();
  shell.begin_incarnation();
  shell.ends("c", exit_class::shutdown);
  CHECK(shell.happened() == lines{"stop c", "stop b", "stop a", "finish: asked"});
}
