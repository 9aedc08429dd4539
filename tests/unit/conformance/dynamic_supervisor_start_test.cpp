// Elixir's tests of DynamicSupervisor: start_link, init, code_change and start_child.
#include "supervisors/supervisor.hpp"

#include "otp_shell.hpp"
#include "tests/unit/supervisors/tree_fixture.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;
using testing::manners;
using testing::real_worker;
using testing::test_child;
using testing::tree_fixture;

namespace {

child_spec dynamic_below(std::string name) {
  auto spec = spec_of(strategy::dynamic);
  spec.name = name;
  return {.id = std::move(name), .start = start_supervisor(std::move(spec)),
          .kind = child_kind::supervisor};
}

supervisor_spec limited_to(std::size_t children) {
  auto spec = spec_of(strategy::dynamic);
  spec.dynamic_children_max = children;
  return spec;
}

/// Dies before it is ready.
class stillborn : public test_child {
public:
  explicit stillborn(caf::actor_config& config) : test_child(config, manners::polite) {}
  caf::behavior make_behavior() override {
    auto others = test_child::make_behavior();
    return caf::message_handler{[](await_started) { throw std::runtime_error{"oops"}; }}.or_else(others);
  }
};

} // namespace

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: can be supervised directly") {
  auto tree = start(strategy::one_for_one, {dynamic_below("dyn_sup")});
  CHECK(report(child(tree.root, "dyn_sup")).children.empty());
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: multiple supervisors can be supervised and "
                               "identified with simple child spec") {
  auto tree = start(strategy::one_for_one,
                    {dynamic_below("first"), dynamic_below("second"), dynamic_below("third")});
  const auto fourth = ask<request_answer>(tree.root, start_child{dynamic_below("fourth")});
  for (const auto& each : report(tree.root).children)
    CHECK(report(each.actor).supervisor == each.id);
  const auto again = ask<request_answer>(tree.root, start_child{dynamic_below("fourth")});
  CHECK(again.outcome == request_outcome::already_started);
  CHECK(again.child == fourth.child);
  stop(tree);
}

// The spec of a supervisor as a child is written out; what is left out has a supervisor's defaults.
TEST_CASE("DynamicSupervisor: use/2 generates child_spec/1") {
  const auto spec = dynamic_below("Simple");
  CHECK(flaw_in(spec, auto_shutdown::never).empty());
  CHECK(spec.restart == restart::permanent);
  CHECK(std::holds_alternative<infinity>(shutdown_of(spec)));
}

// Elixir: 3 in 5 s, and children without a bound.
TEST_CASE("DynamicSupervisor: init/1 set default options") {
  const supervisor_spec spec{.how = strategy::dynamic};
  CHECK((spec.limit.count_max == 1 && spec.limit.window == 5s));
  CHECK(spec.dynamic_children_max == 100'000);
  CHECK(flaw_in(spec).empty());
}

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_link/3 with non-ok init") {
  auto no_window = spec_of(strategy::dynamic, {}, {.count_max = 1, .window = 0s});
  auto significant = spec_of(strategy::dynamic);
  significant.auto_shutdown = auto_shutdown::any_significant;
  for (const auto& invalid : {no_window, significant, spec_of(strategy::dynamic, {worker("a")})})
    CHECK_FALSE(start_tree(system, invalid, testing::patience).is_running());
}

// There are no names to register and no links: it is known by its handle, and monitored.
TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_link/3 with registered process") {
  auto tree = start(strategy::dynamic, {});
  caf::scoped_actor watcher{system};
  watcher->monitor(tree.root);
  CHECK(report(tree.root).supervisor == "root");
  stop(tree);
  CHECK(down(watcher) == caf::exit_reason::user_shutdown);
}

// How a child is spawned is its start function's business: here on a thread of its own.
TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_link/3 with spawn_opt") {
  auto detached = real_worker("detached");
  detached.start = [](caf::event_based_actor& parent) -> start_result {
    return caf::actor{parent.spawn<test_child, caf::detached>(manners::polite)};
  };
  auto tree = start(strategy::dynamic, {});
  const auto first = ask<request_answer>(tree.root, start_child{detached}).child;
  end_of(first, testing::crash{});
  CHECK(successor(tree.root, "detached", first) != nullptr);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_link/3 sets initial call to the same as a "
                               "regular supervisor") {
  auto tree = start(strategy::dynamic, {});
  auto regular = start_tree(system, spec(strategy::one_for_one, {}), testing::patience);
  CHECK(report(tree.root).supervisor == report(regular.root).supervisor);
  stop(tree);
  stop(regular);
}

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_link/3 returns the callback module") {
  auto tree = start(strategy::dynamic, {});
  CHECK(report(tree.root).how == strategy::dynamic);   // no modules: it says what it is
  stop(tree);
}

TEST_CASE("DynamicSupervisor: code_change/3 with non-ok init") {
  auto shell = running(strategy::dynamic);
  auto significant = spec_of(strategy::dynamic);
  significant.auto_shutdown = auto_shutdown::all_significant;
  for (const auto& invalid :
       {spec_of(strategy::dynamic, {}, {.count_max = 1, .window = 0s}), significant,
        spec_of(strategy::rest_for_one), spec_of(strategy::dynamic, {worker("a")})})
    CHECK(shell.change_spec(invalid) == request_outcome::invalid_spec);
  CHECK(shell.start_child(worker("a")) == request_outcome::done);
}

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: code_change/3 with ok init") {
  auto tree = start(strategy::dynamic, {});
  const auto child = ask<request_answer>(tree.root, start_child{real_worker("")}).child;
  CHECK(ask<request_answer>(tree.root, change_spec{limited_to(1)}).outcome == request_outcome::done);
  CHECK(ask<child_count>(tree.root, count_children{}).active == 1);
  CHECK(ask<request_answer>(tree.root, start_child{real_worker("")}).outcome
        == request_outcome::max_children);
  CHECK(report(tree.root).children.front().actor == child);
  stop(tree);
}

// A spec has one form, written with or without its defaults.
TEST_CASE("DynamicSupervisor: start_child/2 supports old child spec") {
  auto shell = running(strategy::dynamic);
  const child_spec every_field{.id = "Task", .start = worker("").start, .restart = restart::temporary,
                               .shutdown = 5000ms, .kind = child_kind::worker, .significant = false};
  CHECK(shell.start_child(every_field) == request_outcome::done);
}

TEST_CASE("DynamicSupervisor: start_child/2 supports new child spec as tuple") {
  auto shell = running(strategy::dynamic);
  CHECK(shell.start_child({.id = "Task", .start = worker("").start, .restart = restart::temporary})
        == request_outcome::done);
}

TEST_CASE("DynamicSupervisor: start_child/2 supports new child spec") {
  auto shell = running(strategy::dynamic);
  CHECK(shell.start_child({.start = worker("").start}) == request_outcome::done);
  CHECK(shell.status("#1") == "up");
}

// What all children get to know is captured by their start function.
TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_child/2 supports extra arguments") {
  const auto told = std::make_shared<std::atomic<int>>(0);
  auto child = real_worker("", restart::temporary);
  child.start = [told, good = child.start](caf::event_based_actor& parent) {
    ++*told;
    return good(parent);
  };
  auto tree = start(strategy::dynamic, {});
  CHECK(ask<request_answer>(tree.root, start_child{child}).child != nullptr);
  CHECK(*told == 1);
  stop(tree);
}

TEST_CASE("DynamicSupervisor: start_child/2 with invalid child spec") {
  auto shell = running(strategy::dynamic);
  for (const auto& invalid : {child_spec{}, with_shutdown(worker("1"), -1ms),
                              significant(worker("1", restart::temporary))})
    CHECK(shell.start_child(invalid) == request_outcome::invalid_spec);
  CHECK(ids_of(shell).empty());
}

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_child/2 with different returns") {
  auto tree = start(strategy::dynamic, {});
  const auto starting_as = [&](start_result result) {
    auto child = real_worker("");
    child.start = [result](caf::event_based_actor&) { return result; };
    return ask<request_answer>(tree.root, start_child{child});
  };
  const auto spawned = [&] { return caf::actor{system.spawn<test_child>(manners::polite)}; };
  CHECK(starting_as({spawned(), caf::make_message(true)}).extra.size() == 1);
  CHECK(starting_as(spawned()).extra.empty());
  const auto ignored = starting_as(start_result::ignored());
  CHECK((ignored.outcome == request_outcome::done && ignored.child == nullptr));
  CHECK(starting_as(start_result::failed("found")).why == "found");
  CHECK(starting_as(caf::actor{}).outcome == request_outcome::start_failed);
  CHECK(ask<child_count>(tree.root, count_children{}).specs == 2);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "DynamicSupervisor: start_child/2 with throw/error/exit") {
  auto tree = start(strategy::dynamic, {});
  const auto starting_by = [&](start_function start) {
    auto child = real_worker("");
    child.start = std::move(start);
    return ask<request_answer>(tree.root, start_child{child});
  };
  const auto thrown = starting_by([](caf::event_based_actor&) -> start_result { throw 42; });
  CHECK(thrown.outcome == request_outcome::start_failed);
  const auto error = starting_by([](caf::event_based_actor&) -> start_result {
    throw std::runtime_error{"oops"};
  });
  CHECK((error.outcome == request_outcome::start_failed && error.why == "oops"));
  const auto exited = starting_by([](caf::event_based_actor& parent) {
    return start_result::starting(parent.spawn<stillborn>());
  });
  CHECK(exited.outcome == request_outcome::start_failed);
  CHECK(report(tree.root).children.empty());
  stop(tree);
}

TEST_CASE("DynamicSupervisor: start_child/2 with max_children") {
  auto shell = running(limited_to(0));
  CHECK(shell.start_child(worker("")) == request_outcome::max_children);
}
