// OTP's supervisor_SUITE about simple_one_for_one, which is our dynamic.
#include "supervisors/supervisor.hpp"

#include "otp_shell.hpp"
#include "tests/unit/supervisors/tree_fixture.hpp"
#include <ctime>

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;
using testing::real_worker;
using testing::tree_fixture;

namespace {

fake_shell running_with(std::vector<child_spec> children, restart_limit limit = seldom) {
  auto shell = running(strategy::dynamic, {}, limit);
  for (auto& child : children)
    REQUIRE(shell.start_child(std::move(child)) == request_outcome::done);
  shell.happened();
  return shell;
}

/// A child whose start function holds what may be large, and a look at whether it still does.
struct laden_child {
  child_spec spec;
  std::weak_ptr<std::string> load;
};

laden_child laden(restart type) {
  auto load = std::make_shared<std::string>(100'000, 'x');
  laden_child child{worker("child", type), load};
  child.spec.start = [load](caf::event_based_actor&) { return start_result::ignored(); };
  return child;
}

/// Time of this thread, so that the neighbours on the machine do not count.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double seconds_to_end(int children) {
  auto shell = running(strategy::dynamic);
  for (int i = 0; i < children; ++i)
    shell.start_child(worker("", restart::temporary));
  const auto begin = thread_seconds();
  for (int i = 1; i <= children; ++i)
    shell.ends("#" + std::to_string(i));
  REQUIRE(counts_of(shell) == counts{0, 0, 0, 0});
  return thread_seconds() - begin;
}

} // namespace

TEST_CASE("supervisor_SUITE: simple_one_for_one") {
  auto shell = running_with({worker("child1"), worker("child2")});
  shell.ends("child1");
  CHECK(shell.happened() == lines{"start child1"});
  CHECK(shell.machine.children().find("child2")->restarts == 0);
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
  shell.ends("child2");
  shell.ends("child1");
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

// Children that take 1, 1 and 5 s to stop, and have 2 s: done after 2 s, not after 4.
TEST_CASE("supervisor_SUITE: simple_one_for_one_shutdown") {
  auto shell = running_with({with_shutdown(worker("child1"), 2s), with_shutdown(worker("child2"), 2s),
                             with_shutdown(worker("child3"), 2s)});
  shell.deaf = {"child1", "child2", "child3"};
  shell.shut_down();
  shell.pass(1s);
  shell.ends("child1", exit_class::shutdown);
  shell.ends("child2", exit_class::shutdown);
  CHECK_FALSE(shell.is_finished());
  shell.pass(1s);
  CHECK(shell.happened() == lines{"stop child1", "stop child2", "stop child3", "kill child3",
                                  "finish: asked"});
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: simple_one_for_one_extra") {
  auto tree = start(strategy::dynamic, {});
  auto extra = real_worker("");
  extra.start = [](caf::event_based_actor& parent) -> start_result {
    return {caf::actor{parent.spawn<testing::test_child>(testing::manners::polite)},
            caf::make_message(42)};
  };
  const auto first = ask<request_answer>(tree.root, start_child{extra});
  const auto second = ask<request_answer>(tree.root, start_child{extra});
  CHECK(first.extra.get_as<int>(0) == 42);
  CHECK(second.extra.get_as<int>(0) == 42);
  end_of(first.child, testing::crash{});
  CHECK(successor(tree.root, first.id, first.child) != nullptr);
  CHECK(child(tree.root, second.id) == second.child);
  stop(tree);
}

TEST_CASE("supervisor_SUITE: simple_one_for_one_escalation") {
  auto shell = running_with({worker("child1"), worker("child2")},
                            {.count_max = 4, .window = 3600s});
  never_starts_again(shell, "child1");
  shell.ends("child1");
  shell.pass(1s);
  CHECK(shell.finished->cause == finish_cause::gave_up);
  CHECK(counts_of(shell)[1] == 0);
}

TEST_CASE("supervisor_SUITE: simple_one_for_one_corruption") {
  auto [spec, load] = laden(restart::temporary);
  auto shell = running_with({std::move(spec)});
  CHECK(shell.status("child") == "up");
  CHECK(load.expired());
}

TEST_CASE("supervisor_SUITE: simple_one_for_one_restart_ignore") {
  auto shell = running_with({worker("child1")});
  shell.script("child1", {script::ignore});
  shell.ends("child1");
  CHECK(counts_of(shell) == counts{0, 0, 0, 0});
  CHECK_FALSE(shell.is_finished());
}

TEST_CASE("supervisor_SUITE: do_not_save_start_parameters_for_temporary_children") {
  const auto how = GENERATE(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one,
                            strategy::dynamic);
  const auto type = GENERATE(restart::permanent, restart::transient, restart::temporary);
  auto [spec, load] = laden(type);
  auto shell = running(how);
  REQUIRE(shell.start_child(std::move(spec)) == request_outcome::done);
  CHECK(load.expired() == (type == restart::temporary));
}

TEST_CASE("supervisor_SUITE: do_not_save_child_specs_for_temporary_children") {
  const auto how = GENERATE(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one);
  const auto end = GENERATE(0, 1, 2, 3);
  auto shell = running(how, {worker("child", restart::temporary)});
  if (end == 3)
    shell.terminate_child("child");
  else
    shell.ends("child", end == 0 ? exit_class::kill
                                 : end == 1 ? exit_class::normal : exit_class::crash);
  CHECK(ids_of(shell).empty());
}

// OTP's bound: ten times the children, at most fifty times the work.
TEST_CASE("supervisor_SUITE: simple_one_for_one_scale_many_temporary_children") {
  seconds_to_end(100);
  const auto few = seconds_to_end(500);
  const auto many = seconds_to_end(5'000);
  CHECK(many / few <= 50.0);
}

// OTP counts one spec, the template; here each child has its own.
TEST_CASE("supervisor_SUITE: count_children") {
  auto shell = running(strategy::dynamic);
  for (std::size_t expected : {1'000U, 2'000U}) {
    for (int i = 0; i < 1'000; ++i)
      shell.start_child(worker("", restart::temporary));
    CHECK(counts_of(shell) == counts{expected, expected, 0, expected});
    CHECK(ids_of(shell).size() == expected);
  }
  for (const auto& id : ids_of(shell))
    shell.ends(id, exit_class::kill);
  CHECK(counts_of(shell) == counts{0, 0, 0, 0});
}

TEST_CASE("supervisor_SUITE: count_children_supervisor") {
  auto shell = running(strategy::dynamic);
  for (int i = 0; i < 1'000; ++i)
    shell.start_child(nested("", restart::temporary));
  CHECK(counts_of(shell) == counts{1'000, 1'000, 1'000, 0});
  for (const auto& id : ids_of(shell))
    shell.ends(id, exit_class::kill);
  CHECK(counts_of(shell) == counts{0, 0, 0, 0});
}

TEST_CASE("supervisor_SUITE: count_restarting_children") {
  auto shell = running_with({worker("child1"), worker("child2"), worker("child3")},
                            {.count_max = 20, .window = 10s});
  shell.script("child1", {script::fail, script::fail, script::fail});
  shell.script("child2", {script::fail, script::fail, script::fail});
  shell.ends("child1");
  shell.ends("child2");
  CHECK(counts_of(shell) == counts{3, 1, 0, 3});
  shell.pass(1s);
  CHECK(counts_of(shell) == counts{3, 3, 0, 3});
  shell.terminate_child("child3");
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
}

TEST_CASE("supervisor_SUITE: hanging_restart_loop_simple") {
  auto shell = running_with({worker("child1"), worker("child2")}, {.count_max = 8, .window = 10s});
  never_starts_again(shell, "child1");
  shell.ends("child1");
  CHECK(shell.status("child1") == "restarting");
  CHECK(shell.start_child(worker("child3")) == request_outcome::done);
  CHECK(shell.restart_child("child1") == request_outcome::not_kept);
  CHECK(shell.delete_child("child1") == request_outcome::not_kept);
  CHECK(shell.terminate_child("child2") == request_outcome::done);
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(ids_of(shell) == lines{"child3"});
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: which_children_simple_one_for_one") {
  auto tree = start(strategy::dynamic, {});
  const auto first = ask<request_answer>(tree.root, start_child{real_worker("")});
  const auto second = ask<request_answer>(tree.root, start_child{real_worker("")});
  const auto children = report(tree.root).children;
  REQUIRE(children.size() == 2);
  CHECK((children[0].id == "#1" && children[0].actor == first.child));
  CHECK((children[1].id == "#2" && children[1].actor == second.child));
  stop(tree);
}
