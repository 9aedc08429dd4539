// OTP's supervisor_SUITE: what is in none of its groups.
#include "supervisors/supervisor.hpp"

#include "otp_shell.hpp"
#include "supervisors/bounded_text.hpp"
#include "tests/unit/supervisors/tree_fixture.hpp"
#include <caf/actor_registry.hpp>
#include <ctime>
#include <thread>

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;
using Catch::Matchers::Contains;
using testing::real_worker;
using testing::tree_fixture;

namespace {

const auto global_name = caf::atom("kid");

/// Takes a name that only one can have, and gives it back when it ends.
class named_child : public testing::test_child {
public:
  explicit named_child(caf::actor_config& config)
    : testing::test_child(config, testing::manners::polite) {
    system().registry().put(global_name, caf::actor_cast<caf::strong_actor_ptr>(this));
  }
  void on_exit() override { system().registry().erase(global_name); }
};

start_result start_named(caf::event_based_actor& parent) {
  if (parent.system().registry().get(global_name))
    return start_result::failed("already started outside");
  return caf::actor{parent.spawn<named_child>()};
}

child_spec named_worker(std::string id) {
  return {.id = std::move(id), .start = start_named};
}

child_spec tree_below(std::string name, supervisor_spec spec, restart type = restart::permanent) {
  spec.name = name;
  return {.id = std::move(name), .start = start_supervisor(std::move(spec)), .restart = type,
          .kind = child_kind::supervisor};
}

/// Between two attempts the supervisor does what it is asked, and then it can be stopped.
void answers_between_attempts(strategy how) {
  auto shell = running(how, {worker("child1"), worker("child2")}, {.count_max = 8, .window = 10s});
  never_starts_again(shell, "child2");
  shell.ends("child2");
  CHECK(shell.status("child2") == "restarting");
  CHECK(shell.start_child(worker("child2")) == request_outcome::already_started);
  CHECK(shell.restart_child("child2") == request_outcome::restarting);
  CHECK(shell.delete_child("child2") == request_outcome::restarting);
  CHECK(shell.terminate_child("child2") == request_outcome::done);
  CHECK(shell.delete_child("child2") == request_outcome::done);
  never_starts_again(shell, "child1");
  shell.ends("child1");
  shell.pass(30ms);
  shell.shut_down();
  CHECK(shell.is_finished());
}

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double seconds_to_start_and_stop(int children) {
  auto shell = running(strategy::dynamic);
  const auto begin = thread_seconds();
  for (int i = 0; i < children; ++i)
    shell.start_child(worker(""));
  for (int i = 1; i <= children; ++i)
    REQUIRE(shell.terminate_child("#" + std::to_string(i)) == request_outcome::done);
  return thread_seconds() - begin;
}

} // namespace

// It cannot shake off who watches it: a monitor is the watcher's alone.
TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: child_unlink") {
  class naughty_child : public testing::test_child {
  public:
    naughty_child(caf::actor_config& config, const caf::actor& parent)
      : testing::test_child(config, testing::manners::polite) {
      unlink_from(parent);
      demonitor(parent);
    }
  };
  auto naughty = real_worker("naughty");
  naughty.start = [](caf::event_based_actor& parent) -> start_result {
    return caf::actor{parent.spawn<naughty_child>(caf::actor_cast<caf::actor>(&parent))};
  };
  auto tree = start(strategy::one_for_one, {naughty});
  CHECK(ask<request_answer>(tree.root, terminate_child{"naughty"}).outcome == request_outcome::done);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: tree") {
  const auto with = [&](std::vector<child_spec> children) {
    return spec(strategy::one_for_one, std::move(children));
  };
  auto tree = start(strategy::one_for_all,
                    {tree_below("sup1", with({real_worker("child1"), real_worker("child2")})),
                     tree_below("sup2", with({}))});
  const auto sup1 = child(tree.root, "sup1");
  const auto sup2 = child(tree.root, "sup2");
  const auto added = ask<request_answer>(sup2, start_child{real_worker("child3")}).child;
  end_of(added, testing::crash{});
  CHECK(successor(sup2, "child3", added) != nullptr);
  CHECK(child(tree.root, "sup1") == sup1);   // only what died is restarted
  caf::anon_send_exit(sup2, caf::exit_reason::kill);
  const auto new_sup1 = successor(tree.root, "sup1", sup1);
  const auto new_sup2 = successor(tree.root, "sup2", sup2);
  CHECK(ask<child_count>(new_sup1, count_children{}).active == 2);
  CHECK(ask<child_count>(new_sup2, count_children{}).specs == 0);   // R9: not those added
  stop(tree);
}

// There is no callback module. What tells a supervisor's kind is its name, and what it reports.
TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: get_callback_module") {
  auto tree = start(strategy::rest_for_one, {});
  const auto said = report(tree.root);
  CHECK(said.supervisor == "root");
  CHECK(said.how == strategy::rest_for_one);
  stop(tree);
}

TEST_CASE("supervisor_SUITE: temporary_bystander") {
  for (const auto how : {strategy::one_for_all, strategy::rest_for_one}) {
    auto shell = running(how, {worker("child1"), worker("child2", restart::temporary)});
    shell.ends("child1");
    CHECK(shell.happened() == lines{"stop child2", "start child1"});
    CHECK(ids_of(shell) == lines{"child1"});
  }
}

// A restart never finds the name still taken by the child it replaces. Only the children of a killed
// supervisor may hold theirs a little longer: then the start is tried again.
TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: simple_global_supervisor") {
  auto top = spec(strategy::one_for_all,
                  {tree_below("sup", spec(strategy::one_for_one, {named_worker("kid")}))});
  top.limit = {.count_max = 10'000, .window = 1s};
  auto tree = start_tree(system, top, testing::patience);
  const auto sup = child(tree.root, "sup");
  auto kid = child(sup, "kid");
  end_of(kid, testing::crash{});
  kid = successor(sup, "kid", kid);
  end_of(kid, testing::end_well{});
  kid = successor(sup, "kid", kid);
  ask<request_answer>(sup, terminate_child{"kid"});
  CHECK(system.registry().get(global_name) == nullptr);
  kid = ask<request_answer>(sup, restart_child{"kid"}).child;
  CHECK(system.registry().get(global_name) == caf::actor_cast<caf::strong_actor_ptr>(kid));
  const auto log = events->read();
  CHECK(std::count(log.begin(), log.end(), "not started kid") == 0);
  caf::anon_send_exit(sup, caf::exit_reason::kill);
  const auto next_sup = successor(tree.root, "sup", sup);
  for (int i = 0; i < 30'000 && !(kid = child(next_sup, "kid")); ++i)
    std::this_thread::sleep_for(1ms);
  CHECK(kid != nullptr);
  stop(tree);
}

TEST_CASE("supervisor_SUITE: hanging_restart_loop") {
  answers_between_attempts(strategy::one_for_one);
}

TEST_CASE("supervisor_SUITE: hanging_restart_loop_rest_for_one") {
  answers_between_attempts(strategy::rest_for_one);
}

TEST_CASE("supervisor_SUITE: order_of_children") {
  const lines all{"child1", "child2", "child3", "child4", "child5"};
  std::vector<child_spec> specs;
  for (const auto& id : all)
    specs.push_back(worker(id));
  fake_shell shell{spec_of(strategy::rest_for_one, specs)};
  shell.start();
  CHECK(shell.happened() == lines{"start child1", "start child2", "start child3", "start child4",
                                  "start child5", "started"});
  shell.ends("child3");
  CHECK(shell.happened() == lines{"stop child5", "stop child4", "start child3", "start child4",
                                  "start child5"});
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop child5", "stop child4", "stop child3", "stop child2",
                                  "stop child1", "finish: asked"});
}

// OTP's bound: a hundred times the children there, ten times here; linear, with room for noise. A
// supervisor with an order has at most children_max.
TEST_CASE("supervisor_SUITE: scale_start_stop_many_children") {
  seconds_to_start_and_stop(100);
  const auto few = seconds_to_start_and_stop(500);
  const auto many = seconds_to_start_and_stop(5'000);
  CHECK(many / few <= 50.0);
  auto ordered = running(strategy::one_for_one);
  for (std::size_t i = 0; i < children_max; ++i)
    ordered.start_child(worker(std::to_string(i)));
  CHECK(ordered.start_child(worker("one more")) == request_outcome::invalid_spec);
}

// Whatever a child says about its end, what is reported about it has a bounded length.
TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: format_log_1") {
  const auto longest = std::make_shared<std::atomic<std::size_t>>(0);
  auto verbose = real_worker("child");
  verbose.start = [](caf::event_based_actor&) -> start_result {
    throw std::runtime_error{std::string(100'000, 'x')};
  };
  auto app = spec(strategy::one_for_one, {verbose});
  app.observe = [longest](const supervision_event& event) {
    *longest = std::max(longest->load(), event.why.size());
  };
  const auto tree = start_tree(system, app, testing::patience);
  CHECK_FALSE(tree.is_running());
  CHECK(*longest >= reason_bytes_max);
  CHECK(*longest < reason_bytes_max + 100);
  CHECK(tree.why.size() <= reason_bytes_max);
}

TEST_CASE("supervisor_SUITE: format_log_2") {
  CHECK(bounded("short enough", 12) == "short enough");
  CHECK(bounded("a little too long", 12) == "a little ...");
  CHECK(bounded("\u00e4\u00f6\u00fc", 5) == "\u00e4...");   // not half a character
  CHECK(bounded("abc", 2) == "...");
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: already_started_outside_supervisor") {
  const auto outsider = system.spawn<named_child>();
  const caf::actor living{outsider};
  while (system.registry().get(global_name) == nullptr) {
  }
  auto tree = start(strategy::one_for_one, {});
  const auto answer = ask<request_answer>(tree.root, start_child{named_worker("kid")});
  CHECK(answer.outcome == request_outcome::start_failed);
  CHECK(answer.why == "already started outside");
  CHECK(report(tree.root).children.empty());
  stop(tree);
  end_of(living, testing::end_well{});
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: which_children") {
  auto ignored = real_worker("child2");
  ignored.start = [](caf::event_based_actor&) { return start_result::ignored(); };
  auto tree = start(strategy::one_for_one,
                    {real_worker("child1"), ignored, tree_below("sup", spec(strategy::one_for_one, {}))});
  const auto children = report(tree.root).children;
  REQUIRE(children.size() == 3);   // in start order; OTP's newest comes first
  CHECK((children[0].id == "child1" && children[0].actor && children[0].state == child_state::up));
  CHECK((children[1].id == "child2" && !children[1].actor
         && children[1].state == child_state::stopped));
  CHECK((children[2].id == "sup" && children[2].kind == child_kind::supervisor));
  stop(tree);
}
