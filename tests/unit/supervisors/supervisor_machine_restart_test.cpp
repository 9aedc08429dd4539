// Which ends are followed by a restart (R1), whom a strategy takes along (R2), how many are allowed
// (R3, R5).
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

TEST_CASE("R1, temporary_bystander: a temporary child stops with its group and is not restarted") {
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

TEST_CASE("a bystander that crashes before its turn to stop has come is not counted either") {
  auto spec = group_of(strategy::one_for_all, {worker("a"), worker("b"), worker("c")});
  spec.limit = {.count_max = 1};
  fake_shell shell{spec};
  shell.start();
  shell.happened();
  shell.deaf = {"c"};
  shell.ends("a");
  shell.ends("b", exit_class::crash);
  shell.ends("c", exit_class::shutdown);
  CHECK(shell.happened() == lines{"stop c", "start a", "start b", "start c"});
}

TEST_CASE("a child that is being terminated is not brought back by a failing sibling") {
  auto shell = started_abc(strategy::one_for_all);
  shell.deaf = {"b"};
  shell.terminate_child("b");
  shell.ends("a");
  shell.ends("b", exit_class::shutdown);
  CHECK(shell.happened() == lines{"stop b", "stop c", "start a", "start c"});
  CHECK(shell.status("b") == "stopped");
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
  const auto& children = shell.machine.children();
  CHECK(children.find("a")->restarts == 0);
  CHECK(children.find("b")->restarts == 1);
  CHECK(children.find("c")->restarts == 2);
  CHECK(shell.machine.restarts() == 3);
}
