// The actor around the machine, with real children on two worker threads.
#include "supervisors/supervisor.hpp"

#include "tree_fixture.hpp"

using namespace lintel::supervisors;
using namespace std::chrono_literals;
using namespace lintel::supervisors::testing;

TEST_CASE_METHOD(tree_fixture, "a child that throws is replaced, and its siblings stay") {
  auto tree = start(strategy::one_for_one, {real_worker("a"), real_worker("b")});
  const auto a = child(tree.root, "a");
  const auto b = child(tree.root, "b");
  CHECK(class_of(end_of(a, crash{})) == exit_class::crash);
  CHECK(successor(tree.root, "a", a) != nullptr);
  CHECK(child(tree.root, "b") == b);
  CHECK(tree.stats->restarts == 1);
  CHECK(tree.stats->restarts_of("a") == 1);
  CHECK(tree.stats->restarts_of("b") == 0);
  stop(tree);
  CHECK(events->read() == std::vector<std::string>{"ended a", "restarted a", "finished"});
}

TEST_CASE_METHOD(tree_fixture,
                 "a transient child that quits is not replaced, one that is killed is") {
  auto tree = start(strategy::one_for_one,
                    {real_worker("a", restart::transient), real_worker("b", restart::transient)});
  const auto b = child(tree.root, "b");
  CHECK(class_of(end_of(child(tree.root, "a"), end_well{})) == exit_class::normal);
  caf::anon_send_exit(b, caf::exit_reason::kill);
  CHECK(successor(tree.root, "b", b) != nullptr);
  await_absence(tree.root, "a");
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "rest_for_one replaces the child that failed and those behind it") {
  auto tree = start(strategy::rest_for_one, {real_worker("a"), real_worker("b"), real_worker("c")});
  const auto before = report(tree.root).children;
  end_of(before[1].actor, crash{});
  CHECK(successor(tree.root, "c", before[2].actor) != nullptr);
  CHECK(successor(tree.root, "b", before[1].actor) != nullptr);
  CHECK(child(tree.root, "a") == before[0].actor);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "a supervisor that gives up says so to whoever monitors it") {
  auto tree = start(strategy::one_for_one, {real_worker("a"), real_worker("b")});
  const auto b = child(tree.root, "b");
  caf::scoped_actor watcher{system};
  watcher->monitor(tree.root);
  caf::scoped_actor sibling_watcher{system};
  sibling_watcher->monitor(b);
  auto a = child(tree.root, "a");
  for (int i = 0; i < 3; ++i) {
    end_of(a, crash{});
    a = successor(tree.root, "a", a);
  }
  end_of(a, crash{});
  const auto reason = down(watcher);
  CHECK(class_of(reason) == exit_class::gave_up);
  CHECK(reason.code() == static_cast<std::uint8_t>(errc::gave_up));
  CHECK_THAT(text_of(reason), Catch::Matchers::Contains("'a'")
                                && Catch::Matchers::Contains("3 restarts within 5000 ms"));
  CHECK(down(sibling_watcher) == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(tree_fixture,
                 "an operator's kill keeps the supervisor, its children and no grudges") {
  auto tree = start(strategy::one_for_one, {real_worker("a"), real_worker("b")});
  const auto b = child(tree.root, "b");
  auto a = child(tree.root, "a");
  for (int i = 0; i < 3; ++i) {
    end_of(a, crash{});
    a = successor(tree.root, "a", a);
  }
  caf::anon_send(tree.root, operator_kill{});
  end_of(a, crash{});   // the fourth would have been too many
  CHECK(successor(tree.root, "a", a) != nullptr);
  CHECK(child(tree.root, "b") == b);
  CHECK(tree.stats->kills == 1);
  CHECK(tree.stats->restarts == 4);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "a report says who was killed, since when, and why children ended") {
  auto tree = start(strategy::one_for_one, {real_worker("a")});
  const auto first = report(tree.root);
  CHECK(first.kills == 0);
  CHECK_FALSE(first.is_incarnation_killed);
  CHECK(first.children.front().last_exit.empty());
  const auto a = child(tree.root, "a");
  const auto why = text_of(end_of(a, crash{}));
  successor(tree.root, "a", a);
  CHECK(report(tree.root).children.front().last_exit == why);
  CHECK(report(tree.root).began == first.began);
  caf::anon_send(tree.root, operator_kill{});
  const auto last = report(tree.root);
  CHECK(last.kills == 1);
  CHECK(last.is_incarnation_killed);
  CHECK(last.began > first.began);
  CHECK(last.children.front().last_exit == why);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "requests are answered with the child they are about") {
  auto tree = start(strategy::one_for_one, {real_worker("a")});
  const auto added = ask<request_answer>(tree.root, start_child{real_worker("b")});
  CHECK(added.outcome == request_outcome::done);
  CHECK(added.child == child(tree.root, "b"));
  const auto again = ask<request_answer>(tree.root, start_child{real_worker("b")});
  CHECK(again.outcome == request_outcome::already_started);
  CHECK(again.child == added.child);
  CHECK(ask<request_answer>(tree.root, terminate_child{"b"}).outcome == request_outcome::done);
  CHECK(child(tree.root, "b") == nullptr);
  CHECK(ask<request_answer>(tree.root, restart_child{"b"}).child != nullptr);
  CHECK(ask<request_answer>(tree.root, delete_child{"b"}).outcome == request_outcome::running);
  CHECK(ask<request_answer>(tree.root, terminate_child{"x"}).outcome == request_outcome::not_found);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture,
                 "T6: messages and errors nobody expects are counted and do no harm") {
  auto tree = start(strategy::one_for_one, {real_worker("a")});
  caf::anon_send(tree.root, std::string{"what is this"});
  caf::anon_send(tree.root, caf::make_error(caf::sec::runtime_error));
  CHECK(child(tree.root, "a") != nullptr);   // and it still answers
  CHECK(tree.stats->unexpected == 2);
  stop(tree);
}

TEST_CASE_METHOD(tree_fixture, "a start that keeps failing is tried again until it succeeds") {
  const auto starts = std::make_shared<std::atomic<int>>(0);
  auto flaky = real_worker("a");
  flaky.start = [starts, good = flaky.start](caf::event_based_actor& parent) {
    const auto attempt = ++*starts;
    return attempt == 2 || attempt == 3 ? start_result::failed("not yet") : good(parent);
  };
  auto tree = start(strategy::one_for_one, {flaky});
  const auto first = child(tree.root, "a");
  end_of(first, crash{});
  CHECK(successor(tree.root, "a", first) != nullptr);
  CHECK(*starts == 4);
  stop(tree);
}
