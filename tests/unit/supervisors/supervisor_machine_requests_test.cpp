// What operators ask (S4, T5), and significant children (A1 to A3).
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

fake_shell started_ab(strategy how = strategy::one_for_one) {
  fake_shell shell{group_of(how, {worker("a"), worker("b")})};
  shell.start();
  shell.happened();
  return shell;
}

child_spec significant(std::string id, restart type) {
  auto child = worker(std::move(id), type);
  child.significant = true;
  return child;
}

fake_shell started_with(auto_shutdown mode, std::vector<child_spec> children,
                        strategy how = strategy::one_for_one) {
  auto spec = group_of(how, std::move(children));
  spec.auto_shutdown = mode;
  fake_shell shell{spec};
  shell.start();
  shell.happened();
  return shell;
}

} // namespace

TEST_CASE("start_child adds a child behind the others and starts it") {
  auto shell = started_ab();
  CHECK(shell.start_child(worker("c")) == request_outcome::done);
  CHECK(shell.happened() == lines{"start c"});
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop c", "stop b", "stop a", "finish: asked"});
}

TEST_CASE("S4: start_child refuses an id that is taken, and says by what") {
  auto shell = started_ab();
  CHECK(shell.start_child(worker("a")) == request_outcome::already_started);
  REQUIRE(shell.terminate_child("a") == request_outcome::done);
  CHECK(shell.start_child(worker("a")) == request_outcome::already_present);
}

TEST_CASE("S4, sup_start_child_returns_error: the spec of a child that did not start is dropped") {
  auto shell = started_ab();
  shell.script("c", {script::fail});
  CHECK(shell.start_child(worker("c")) == request_outcome::start_failed);
  CHECK(shell.status("c") == "gone");
  CHECK_FALSE(shell.is_finished());
  CHECK(shell.start_child(worker("c")) == request_outcome::done);
}

TEST_CASE("start_child checks the spec it is given") {
  auto shell = started_ab();
  CHECK(shell.start_child(worker("")) == request_outcome::invalid_spec);
  CHECK(shell.start_child(significant("c", restart::temporary)) == request_outcome::invalid_spec);
}

TEST_CASE("a child added by start_child is supervised like the others") {
  auto shell = started_ab();
  REQUIRE(shell.start_child(worker("c")) == request_outcome::done);
  shell.happened();
  shell.ends("c");
  CHECK(shell.happened() == lines{"start c"});
}

TEST_CASE("start_child is answered when the child is ready, not before") {
  auto shell = started_ab();
  shell.script("c", {script::hang});
  CHECK(shell.start_child(worker("c")) == request_outcome::interrupted);   // not answered yet
  CHECK(shell.answers.empty());
  shell.finish_start("c");
  CHECK(shell.answers.at(1) == request_outcome::done);
}

TEST_CASE("child_adm: terminate, restart and delete follow the states of a child") {
  auto shell = started_ab();
  CHECK(shell.restart_child("a") == request_outcome::running);
  CHECK(shell.delete_child("a") == request_outcome::running);
  CHECK(shell.terminate_child("a") == request_outcome::done);
  CHECK(shell.terminate_child("a") == request_outcome::done);
  CHECK(shell.status("a") == "stopped");
  CHECK(shell.restart_child("a") == request_outcome::done);
  CHECK(shell.status("a") == "up");
  CHECK(shell.terminate_child("a") == request_outcome::done);
  CHECK(shell.delete_child("a") == request_outcome::done);
  CHECK(shell.status("a") == "gone");
  CHECK(shell.terminate_child("a") == request_outcome::not_found);
  CHECK(shell.restart_child("a") == request_outcome::not_found);
  CHECK(shell.delete_child("a") == request_outcome::not_found);
}

TEST_CASE("T5: terminate_child stops one child, counts nothing and touches no sibling") {
  const auto how = GENERATE(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one);
  auto shell = started_ab(how);
  REQUIRE(shell.terminate_child("a") == request_outcome::done);
  CHECK(shell.happened() == lines{"stop a"});
  REQUIRE(shell.restart_child("a") == request_outcome::done);
  CHECK(shell.happened() == lines{"start a"});
  CHECK(shell.machine.restarts() == 0);
}

TEST_CASE("T5: a terminated temporary child is gone") {
  auto shell = started_ab();
  REQUIRE(shell.start_child(worker("c", restart::temporary)) == request_outcome::done);
  CHECK(shell.terminate_child("c") == request_outcome::done);
  CHECK(shell.status("c") == "gone");
}

TEST_CASE("terminate_child is answered after the child has ended, or was killed for being late") {
  auto shell = started_ab();
  shell.deaf = {"a"};
  shell.terminate_child("a");
  shell.terminate_child("a");
  CHECK(shell.answers.empty());
  CHECK(shell.status("a") == "stopping");
  shell.pass(5s);
  CHECK(shell.happened() == lines{"stop a", "kill a"});
  CHECK(shell.answers.at(1) == request_outcome::done);
  CHECK(shell.answers.at(2) == request_outcome::done);
}

TEST_CASE("one_for_one: a child that stops slowly does not delay the others") {
  auto shell = started_ab();
  shell.deaf = {"b"};
  shell.terminate_child("b");
  CHECK(shell.terminate_child("a") == request_outcome::done);
  CHECK(shell.restart_child("a") == request_outcome::done);
}

TEST_CASE("to terminate a child that is starting interrupts the start_child that waits for it") {
  auto shell = started_ab();
  shell.script("c", {script::hang});
  shell.start_child(worker("c"));
  CHECK(shell.terminate_child("c") == request_outcome::done);
  CHECK(shell.answers.at(1) == request_outcome::interrupted);
  CHECK(shell.happened() == lines{"start c", "stop c"});
}

TEST_CASE("sup_start_restart_child_returns_error: the child stays stopped and nothing is counted") {
  auto shell = started_ab();
  REQUIRE(shell.terminate_child("a") == request_outcome::done);
  shell.script("a", {script::fail});
  CHECK(shell.restart_child("a") == request_outcome::start_failed);
  CHECK(shell.status("a") == "stopped");
  shell.pass(1min);
  CHECK(shell.status("a") == "stopped");
}

TEST_CASE("an added child that was up once stays when restart_child fails") {
  auto shell = started_ab();
  REQUIRE(shell.start_child(worker("c")) == request_outcome::done);
  REQUIRE(shell.terminate_child("c") == request_outcome::done);
  shell.script("c", {script::fail});
  CHECK(shell.restart_child("c") == request_outcome::start_failed);
  CHECK(shell.status("c") == "stopped");
}

TEST_CASE("a start_child that is overtaken by a restart of the group is answered in the end") {
  auto shell = started_ab(strategy::one_for_all);
  shell.script("c", {script::hang});
  shell.start_child(worker("c", restart::temporary));
  shell.ends("a");
  CHECK(shell.happened()
        == lines{"start c", "stop c", "stop b", "start a", "start b", "start c"});
  CHECK(shell.answers.at(1) == request_outcome::done);
}

TEST_CASE("a terminated child is brought back when its group restarts") {
  auto shell = started_ab(strategy::one_for_all);
  REQUIRE(shell.terminate_child("b") == request_outcome::done);
  shell.happened();
  shell.ends("a");
  CHECK(shell.happened() == lines{"start a", "start b"});
}

TEST_CASE("a supervisor that shuts down refuses starts and answers those that wait") {
  auto shell = started_ab();
  shell.script("c", {script::hang});
  shell.deaf = {"c"};
  shell.start_child(worker("c"));
  shell.shut_down();
  CHECK(shell.answers.at(1) == request_outcome::shutting_down);
  CHECK(shell.start_child(worker("d")) == request_outcome::shutting_down);
  CHECK(shell.restart_child("a") == request_outcome::shutting_down);
}

TEST_CASE("an added child that is stopped does not survive a new incarnation, a living one does") {
  auto shell = started_ab();
  REQUIRE(shell.start_child(worker("c")) == request_outcome::done);
  REQUIRE(shell.start_child(worker("d")) == request_outcome::done);
  REQUIRE(shell.terminate_child("c") == request_outcome::done);
  shell.begin_incarnation();
  CHECK(shell.status("c") == "gone");
  CHECK(shell.status("d") == "up");
}

TEST_CASE("A2, significant_transient: its orderly end shuts the supervisor down") {
  const auto mode = GENERATE(auto_shutdown::any_significant, auto_shutdown::all_significant);
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown);
  auto shell = started_with(mode, {worker("a"), significant("b", restart::transient), worker("c")});
  shell.ends("b", how);
  CHECK(shell.happened() == lines{"stop c", "stop a", "finish: auto-shutdown"});
  CHECK(shell.finished->why == "significant child 'b' ended");
}

TEST_CASE("A2: the crash of a significant transient child is just a restart") {
  auto shell = started_with(auto_shutdown::any_significant,
                            {worker("a"), significant("b", restart::transient)});
  shell.ends("b", exit_class::crash);
  CHECK(shell.happened() == lines{"start b"});
}

TEST_CASE("A2, significant_temporary: its end, for any reason, shuts the supervisor down") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::crash,
                            exit_class::kill);
  auto shell = started_with(auto_shutdown::any_significant,
                            {worker("a"), significant("b", restart::temporary)});
  shell.ends("b", how);
  CHECK(shell.happened() == lines{"stop a", "finish: auto-shutdown"});
}

TEST_CASE("A2: with all_significant the last significant child decides") {
  auto shell = started_with(auto_shutdown::all_significant,
                            {significant("a", restart::temporary),
                             significant("b", restart::transient), worker("c")});
  shell.ends("a");
  CHECK(shell.happened().empty());
  shell.ends("b", exit_class::normal);
  CHECK(shell.happened() == lines{"stop c", "finish: auto-shutdown"});
}

TEST_CASE("A2: a significant child between two starts is not taken for ended") {
  auto shell = started_with(auto_shutdown::all_significant,
                            {significant("a", restart::temporary),
                             significant("b", restart::transient)});
  shell.script("b", {script::fail});
  shell.ends("b");
  shell.ends("a");
  CHECK_FALSE(shell.is_finished());
}

TEST_CASE("nonsignificant_temporary, nonsignificant_transient: others end without consequence") {
  auto shell = started_with(auto_shutdown::any_significant,
                            {worker("a", restart::temporary), worker("b", restart::transient),
                             significant("c", restart::transient)});
  shell.ends("a");
  shell.ends("b", exit_class::normal);
  CHECK(shell.happened().empty());
}

TEST_CASE("A3: terminate_child of a significant child shuts nothing down") {
  auto shell = started_with(auto_shutdown::any_significant,
                            {worker("a"), significant("b", restart::transient)});
  REQUIRE(shell.terminate_child("b") == request_outcome::done);
  CHECK_FALSE(shell.is_finished());
}

TEST_CASE("A3, significant_bystander: a significant child stopped with its group is not an end") {
  const auto how = GENERATE(strategy::one_for_all, strategy::rest_for_one);
  const auto mode = GENERATE(auto_shutdown::any_significant, auto_shutdown::all_significant);
  auto shell = started_with(mode,
                            {worker("a"), significant("b", restart::temporary),
                             significant("c", restart::transient)}, how);
  shell.ends("a");
  CHECK(shell.happened() == lines{"stop c", "stop b", "start a", "start c"});
  CHECK_FALSE(shell.is_finished());
}
