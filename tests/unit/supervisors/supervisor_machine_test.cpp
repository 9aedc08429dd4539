// Starts, stops and new incarnations, by the numbers of OTP's rules and the names of its
// supervisor_SUITE. Restarts, failing starts, requests and significant children have files of their
// own.
#include "supervisors/supervisor_machine.hpp"

#include "fake_shell.hpp"
#include <catch2/catch.hpp>

using namespace lintel::supervisors;
using namespace std::chrono_literals;
using testing::fake_shell;
using testing::group_of;
using testing::lines;
using testing::started;
using testing::started_abc;
using testing::worker;
using script = fake_shell::start_script;

namespace {

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

TEST_CASE("T3, sup_stop_race: children that die by themselves do not disturb a shutdown") {
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
