// Whole trees of real actors: how they start, how a start fails, how they stop.
#include "supervisors/supervision_tree.hpp"

#include "tree_fixture.hpp"

using namespace lintel::supervisors;
using namespace std::chrono_literals;
using namespace lintel::supervisors::testing;

TEST_CASE_METHOD(tree_fixture, "a tree starts with every child up and stops with none left") {
  auto tree = start(strategy::one_for_all, {real_worker("a"), real_worker("b")});
  const auto seen = report(tree.root);
  CHECK(seen.supervisor == "root");
  CHECK(seen.how == strategy::one_for_all);
  REQUIRE(seen.children.size() == 2);
  CHECK(seen.children[0].id == "a");
  CHECK(seen.children[1].state == child_state::up);
  CHECK(ask<child_count>(tree.root, count_children{}).active == 2);
  caf::scoped_actor self{system};
  self->monitor(seen.children[0].actor);
  stop(tree);
  CHECK(down(self) == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(tree_fixture,
                 "a start that fails is told with its reason and leaves nothing behind") {
  auto broken = real_worker("b");
  broken.start = [](caf::event_based_actor&) -> start_result {
    throw std::runtime_error{"the port is taken"};
  };
  const auto tree = start_tree(system, spec(strategy::one_for_one, {real_worker("a"), broken}),
                               patience);
  CHECK_FALSE(tree.is_running());
  CHECK(tree.why == "child 'b' failed to start: the port is taken");
  system.await_all_actors_done();
}

TEST_CASE_METHOD(tree_fixture, "a spec with a flaw is not started") {
  const auto twice = spec(strategy::one_for_one, {real_worker("a"), real_worker("a")});
  const auto tree = start_tree(system, twice, patience);
  CHECK_FALSE(tree.is_running());
  CHECK(tree.why == "supervisor 'root': two children have the id 'a'");
}

TEST_CASE_METHOD(tree_fixture, "a tree that does not start in time is taken down again") {
  auto slow = real_worker("a");
  slow.start = [](caf::event_based_actor& parent) {   // never answers await_started
    struct never_ready : caf::event_based_actor {
      using caf::event_based_actor::event_based_actor;
      caf::behavior make_behavior() override {
        return {[this](await_started) { return promise_ = make_response_promise(); }};
      }
      void on_exit() override { promise_ = {}; }
      caf::response_promise promise_;
    };
    return start_result::starting(parent.spawn<never_ready>());
  };
  const auto tree = start_tree(system, spec(strategy::one_for_one, {slow}), 20ms);
  CHECK_FALSE(tree.is_running());
  CHECK_THAT(tree.why, Catch::Matchers::StartsWith("it has not started in time"));
  system.await_all_actors_done();
}

TEST_CASE_METHOD(tree_fixture,
                 "tree: a supervisor below is up with its children, and replaced whole") {
  auto below = spec(strategy::one_for_one, {real_worker("x"), real_worker("y")});
  below.name = "below";
  child_spec nested{.id = "below", .start = start_supervisor(below),
                    .kind = child_kind::supervisor};
  auto tree = start(strategy::one_for_one, {real_worker("a"), nested});
  const auto first = child(tree.root, "below");
  const auto x = child(first, "x");
  REQUIRE(x != nullptr);
  CHECK(ask<request_answer>(first, start_child{real_worker("z")}).outcome == request_outcome::done);
  caf::scoped_actor watcher{system};
  watcher->monitor(x);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  CHECK(down(watcher) == caf::exit_reason::user_shutdown);   // it does not live on unsupervised
  const auto second = successor(tree.root, "below", first);
  CHECK(successor(second, "x", x) != nullptr);
  CHECK(child(second, "z") == nullptr);   // R9
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture,
                 "the start of a tree fails with the reason from the deepest supervisor") {
  auto broken = real_worker("x");
  broken.start = [](caf::event_based_actor&) { return start_result::failed("no disk"); };
  auto below = spec(strategy::one_for_one, {real_worker("w"), broken});
  child_spec nested{.id = "below", .start = start_supervisor(below),
                    .kind = child_kind::supervisor};
  const auto tree = start_tree(system, spec(strategy::one_for_one, {real_worker("a"), nested}),
                               patience);
  CHECK(tree.why
        == "child 'below' failed to start: child 'x' failed to start: no disk");
  system.await_all_actors_done();
}

TEST_CASE_METHOD(tree_fixture, "a start function may hand over an actor that already lives") {
  const caf::actor old = system.spawn<test_child>(manners::polite);
  auto adopter = real_worker("a");
  adopter.start = [old](caf::event_based_actor&) -> start_result { return old; };
  auto tree = start(strategy::one_for_one, {adopter});
  CHECK(child(tree.root, "a") == old);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "a child that ignores its stop is killed, and the stop goes on") {
  auto deaf = real_worker("b", restart::permanent, manners::deaf);
  deaf.shutdown = 5ms;
  auto tree = start(strategy::one_for_one, {real_worker("a"), deaf});
  caf::scoped_actor watcher{system};
  watcher->monitor(child(tree.root, "b"));
  stop(tree);
  CHECK(class_of(down(watcher)) == exit_class::kill);
  CHECK(events->read() == std::vector<std::string>{"killed b", "finished"});
}
