// OTP's supervisor_SUITE, groups sup_start and sup_start_map.
#include "supervisors/supervisor.hpp"

#include "otp_shell.hpp"
#include "tests/unit/supervisors/tree_fixture.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;
using Catch::Matchers::Contains;
using testing::real_worker;
using testing::tree_fixture;

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: sup_start_normal") {
  auto tree = start(strategy::one_for_one, {});
  caf::scoped_actor watcher{system};
  watcher->monitor(tree.root);
  stop(tree);
  CHECK(down(watcher) == caf::exit_reason::user_shutdown);
}

TEST_CASE("supervisor_SUITE: sup_start_ignore_init") {
  fake_shell parent{spec_of(strategy::one_for_one, {nested("ignored")})};
  parent.script("ignored", {script::ignore});
  parent.start();
  CHECK(parent.happened() == lines{"start ignored", "started"});
  CHECK(parent.status("ignored") == "stopped");
}

TEST_CASE("supervisor_SUITE: sup_start_ignore_child") {
  auto shell = running(strategy::one_for_one);
  shell.script("child1", {script::ignore});
  CHECK(shell.start_child(worker("child1")) == request_outcome::done);
  CHECK(shell.start_child(worker("child2")) == request_outcome::done);
  CHECK(shell.status("child1") == "stopped");
  CHECK(counts_of(shell) == counts{2, 1, 0, 2});
}

TEST_CASE("supervisor_SUITE: sup_start_ignore_temporary_child") {
  fake_shell shell{spec_of(strategy::one_for_one, {worker("child1", restart::temporary),
                                                   worker("child2", restart::temporary)})};
  shell.script("child1", {script::ignore});
  shell.start();
  CHECK(ids_of(shell) == lines{"child2"});
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
}

TEST_CASE("supervisor_SUITE: sup_start_ignore_temporary_child_start_child") {
  auto shell = running(strategy::one_for_one);
  shell.script("child1", {script::ignore});
  CHECK(shell.start_child(worker("child1", restart::temporary)) == request_outcome::done);
  CHECK(shell.start_child(worker("child2", restart::temporary)) == request_outcome::done);
  CHECK(ids_of(shell) == lines{"child2"});
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
}

TEST_CASE("supervisor_SUITE: sup_start_ignore_temporary_child_start_child_simple") {
  auto shell = running(strategy::dynamic);
  shell.script("#1", {script::ignore});
  CHECK(shell.start_child(worker("", restart::temporary)) == request_outcome::done);
  CHECK(shell.start_child(worker("", restart::temporary)) == request_outcome::done);
  CHECK(ids_of(shell) == lines{"#2"});
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
}

TEST_CASE("supervisor_SUITE: sup_start_ignore_permanent_child_start_child_simple") {
  auto shell = running(strategy::dynamic);
  shell.script("#1", {script::ignore});
  CHECK(shell.start_child(worker("")) == request_outcome::done);
  CHECK(shell.start_child(worker("")) == request_outcome::done);
  CHECK(ids_of(shell) == lines{"#2"});
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
  shell.shut_down();
  CHECK(shell.is_finished());
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: sup_start_error_return") {
  auto invalid = spec(strategy::one_for_one, {});
  invalid.limit.window = 0s;
  const auto tree = start_tree(system, invalid, testing::patience);
  CHECK_FALSE(tree.is_running());
  CHECK_THAT(tree.why, Contains("window"));
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: sup_start_fail") {
  child_spec broken{.id = "sup",
                    .start = [](caf::event_based_actor&) -> start_result {
                      throw std::runtime_error{"badmatch 2"};
                    },
                    .kind = child_kind::supervisor};
  const auto tree = start_tree(system, spec(strategy::one_for_one, {broken}), testing::patience);
  CHECK_FALSE(tree.is_running());
  CHECK_THAT(tree.why, Contains("badmatch 2"));
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: sup_start_child_returns_error") {
  auto tree = start(strategy::one_for_one, {});
  auto failing = real_worker("child1");
  failing.start = [](caf::event_based_actor&) { return start_result::failed("reason"); };
  auto garbage = real_worker("child2");
  garbage.start = [](caf::event_based_actor&) -> start_result { return caf::actor{}; };
  const auto error = ask<request_answer>(tree.root, start_child{failing});
  CHECK(error.outcome == request_outcome::start_failed);
  CHECK(error.why == "reason");
  CHECK(ask<request_answer>(tree.root, start_child{garbage}).outcome
        == request_outcome::start_failed);
  CHECK(report(tree.root).children.empty());
  stop(tree);
}

TEST_CASE("supervisor_SUITE: sup_start_restart_child_returns_error") {
  auto shell = running(strategy::one_for_one, {worker("child1")});
  REQUIRE(shell.terminate_child("child1") == request_outcome::done);
  shell.script("child1", {script::fail});
  CHECK(shell.restart_child("child1") == request_outcome::start_failed);
  CHECK(shell.status("child1") == "stopped");
  CHECK(shell.machine.restarts() == 0);
}

TEST_CASE("supervisor_SUITE: sup_start_child_returns_error_simple") {
  auto shell = running(strategy::dynamic);
  shell.script("#1", {script::fail});
  CHECK(shell.start_child(worker("")) == request_outcome::start_failed);
  CHECK(shell.last_answer->why == "no luck");
  CHECK(ids_of(shell).empty());
}

TEST_CASE("supervisor_SUITE: sup_start_map") {
  const supervisor_spec flags;
  CHECK(flags.how == strategy::one_for_one);
  CHECK((flags.limit.count_max == 1 && flags.limit.window == 5s));
  CHECK(flags.auto_shutdown == auto_shutdown::never);
  auto shell = running(strategy::one_for_one,
                       {worker("child1"), with_shutdown(worker("child2"), brutal_kill{}),
                        nested("child3")});
  const auto spec = [&](std::string_view id) { return shell.machine.children().find(id)->spec; };
  CHECK(spec("child1").restart == restart::permanent);
  CHECK_FALSE(spec("child1").significant);
  CHECK(spec("child1").kind == child_kind::worker);
  CHECK(std::get<std::chrono::milliseconds>(shutdown_of(spec("child1"))) == 5000ms);
  CHECK(std::holds_alternative<brutal_kill>(shutdown_of(spec("child2"))));
  CHECK(std::holds_alternative<infinity>(shutdown_of(spec("child3"))));
  CHECK(shell.machine.children().find("child4") == nullptr);
}

TEST_CASE("supervisor_SUITE: sup_start_map_simple") {
  auto shell = running(strategy::dynamic);
  REQUIRE(shell.start_child(with_shutdown(worker("child1"), brutal_kill{})) == request_outcome::done);
  const auto& spec = shell.machine.children().find("child1")->spec;
  CHECK(spec.restart == restart::permanent);
  CHECK(std::holds_alternative<brutal_kill>(shutdown_of(spec)));
}

// A struct has no unknown keys, and what is not a child_spec does not compile.
TEST_CASE("supervisor_SUITE: sup_start_map_faulty_specs") {
  auto lifeless = worker("child2");
  lifeless.start = nullptr;
  CHECK_THAT(flaw_in(spec_of(strategy::one_for_one, {worker("")})), Contains("no id"));
  CHECK_THAT(flaw_in(spec_of(strategy::one_for_one, {lifeless})), Contains("no start function"));
  CHECK(flaw_in(spec_of(strategy::one_for_one, {worker("child3")})).empty());
}
