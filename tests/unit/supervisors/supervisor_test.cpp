// The actor around the machine: real children on two worker threads. Every wait is for a message
// and ends after `patience`, which no test that passes ever uses up.
#include "supervisors/supervisor.hpp"

#include "supervisors/exit_reason.hpp"
#include "supervisors/supervision_tree.hpp"
#include "supervisors/urgent_exit.hpp"
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/after.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>
#include <mutex>
#include <stdexcept>

namespace {

/// To a test's child; `end_well` makes it quit, `crash` throws.
struct end_well {};
struct crash {};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(end_well)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(crash)

using namespace lintel::supervisors;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 10s;

enum class manners { polite, deaf };

class test_child : public caf::event_based_actor {
public:
  test_child(caf::actor_config& config, manners how) : caf::event_based_actor(config), how_(how) {}

  caf::behavior make_behavior() override {
    set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
    if (how_ == manners::deaf)
      set_exit_handler([](caf::exit_msg&) {});
    return {
      [this](end_well) { quit(); },
      [](crash) { throw std::runtime_error{"boom"}; },
      [](which_children) { return true; },   // alive
    };
  }

private:
  manners how_;
};

/// What observers tell, as lines; filled by the workers, read by the test.
class journal {
public:
  void note(const supervision_event& event) {
    static const std::vector<std::string> words{"ended",     "not started", "restarted", "killed",
                                                "abandoned", "unexpected",  "reborn",    "finished"};
    auto line = words.at(static_cast<std::size_t>(event.what));
    if (!event.child.empty())
      line += " " + std::string{event.child};
    const std::lock_guard guard{mutex_};
    lines_.push_back(std::move(line));
  }

  std::vector<std::string> read() const {
    const std::lock_guard guard{mutex_};
    return lines_;
  }

private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

child_spec worker(std::string id, restart type = restart::permanent,
                  manners how = manners::polite) {
  return {.id = std::move(id),
          .start = [how](caf::event_based_actor& parent) -> start_result {
            return caf::actor{parent.spawn<test_child>(how)};
          },
          .restart = type};
}

struct config : caf::actor_system_config {
  config() { set("scheduler.max-threads", 2); }
};

struct fixture {
  config cfg;
  caf::actor_system system{cfg};
  std::shared_ptr<journal> events = std::make_shared<journal>();

  supervisor_spec spec(strategy how, std::vector<child_spec> children) {
    return {.name = "root", .how = how, .limit = {.count_max = 3}, .children = std::move(children),
            .observe = [log = events](const supervision_event& event) { log->note(event); }};
  }

  supervision_tree start(strategy how, std::vector<child_spec> children) {
    auto tree = start_tree(system, spec(how, std::move(children)), patience);
    INFO(tree.why);
    REQUIRE(tree.is_running());
    return tree;
  }

  template <class Answer, class Question>
  Answer ask(const caf::actor& whom, Question question) {
    std::optional<Answer> answer;
    caf::scoped_actor self{system};
    self->request(whom, patience, std::move(question))
      .receive([&](Answer& got) { answer = std::move(got); },
               [](const caf::error& reason) { FAIL(text_of(reason)); });
    return std::move(*answer);
  }

  children_report report(const caf::actor& whom) {
    return ask<children_report>(whom, which_children{});
  }

  caf::actor child(const caf::actor& whom, const std::string& id) {
    for (const auto& child : report(whom).children)
      if (child.id == id)
        return child.actor;
    return nullptr;
  }

  /// Sends `what` to the actor and waits for its end.
  template <class Message>
  caf::error end_of(const caf::actor& whom, Message what) {
    caf::scoped_actor self{system};
    self->monitor(whom);
    caf::anon_send(whom, what);
    return down(self);
  }

  caf::error down(caf::scoped_actor& self) {
    std::optional<caf::error> reason;
    self->receive([&](const caf::down_msg& down) { reason = down.reason; },
                  caf::after(patience) >> [] { FAIL("it still lives"); });
    return *reason;
  }

  /// Asks until the child is another actor than `before`: a death is told to its watchers in no
  /// order, so the supervisor may hear of it after the test does.
  caf::actor successor(const caf::actor& whom, const std::string& id, const caf::actor& before) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      auto now = child(whom, id);
      if (now && now != before)
        return now;
    }
    FAIL("no successor of " + id);
    return nullptr;
  }

  void stop(const supervision_tree& tree) { REQUIRE(stop_tree(system, tree, patience)); }
};

} // namespace

TEST_CASE_METHOD(fixture, "a tree starts with every child up and stops with none left") {
  auto tree = start(strategy::one_for_all, {worker("a"), worker("b")});
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

TEST_CASE_METHOD(fixture, "a child that throws is replaced, and its siblings stay") {
  auto tree = start(strategy::one_for_one, {worker("a"), worker("b")});
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

TEST_CASE_METHOD(fixture, "a transient child that quits is not replaced, one that is killed is") {
  auto tree = start(strategy::one_for_one,
                    {worker("a", restart::transient), worker("b", restart::transient)});
  const auto b = child(tree.root, "b");
  CHECK(class_of(end_of(child(tree.root, "a"), end_well{})) == exit_class::normal);
  caf::anon_send_exit(b, caf::exit_reason::kill);
  successor(tree.root, "b", b);
  CHECK(child(tree.root, "a") == nullptr);
  stop(tree);
}

TEST_CASE_METHOD(fixture, "rest_for_one replaces the child that failed and those behind it") {
  auto tree = start(strategy::rest_for_one, {worker("a"), worker("b"), worker("c")});
  const auto before = report(tree.root).children;
  end_of(before[1].actor, crash{});
  CHECK(successor(tree.root, "c", before[2].actor) != nullptr);
  CHECK(successor(tree.root, "b", before[1].actor) != nullptr);
  CHECK(child(tree.root, "a") == before[0].actor);
  stop(tree);
}

TEST_CASE_METHOD(fixture, "a supervisor that gives up says so to whoever monitors it") {
  auto tree = start(strategy::one_for_one, {worker("a"), worker("b")});
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

TEST_CASE_METHOD(fixture, "a start that fails is told with its reason and leaves nothing behind") {
  auto broken = worker("b");
  broken.start = [](caf::event_based_actor&) -> start_result {
    throw std::runtime_error{"the port is taken"};
  };
  const auto tree = start_tree(system, spec(strategy::one_for_one, {worker("a"), broken}), patience);
  CHECK_FALSE(tree.is_running());
  CHECK(tree.why == "child 'b' failed to start: the port is taken");
  system.await_all_actors_done();
}

TEST_CASE_METHOD(fixture, "a spec with a flaw is not started") {
  const auto tree = start_tree(system, spec(strategy::one_for_one, {worker("a"), worker("a")}),
                               patience);
  CHECK_FALSE(tree.is_running());
  CHECK(tree.why == "supervisor 'root': two children have the id 'a'");
}

TEST_CASE_METHOD(fixture, "a tree that does not start in time is taken down again") {
  auto slow = worker("a");
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

TEST_CASE_METHOD(fixture, "tree: a supervisor below is up when its children are, and is replaced whole") {
  auto below = spec(strategy::one_for_one, {worker("x"), worker("y")});
  below.name = "below";
  child_spec nested{.id = "below", .start = start_supervisor(below),
                    .kind = child_kind::supervisor};
  auto tree = start(strategy::one_for_one, {worker("a"), nested});
  const auto first = child(tree.root, "below");
  const auto x = child(first, "x");
  REQUIRE(x != nullptr);
  CHECK(ask<request_answer>(first, start_child{worker("z")}).outcome == request_outcome::done);
  caf::scoped_actor watcher{system};
  watcher->monitor(x);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  CHECK(down(watcher) == caf::exit_reason::user_shutdown);   // it does not live on unsupervised
  const auto second = successor(tree.root, "below", first);
  CHECK(successor(second, "x", x) != nullptr);
  CHECK(child(second, "z") == nullptr);   // R9
  stop(tree);
}

TEST_CASE_METHOD(fixture, "the start of a tree fails with the reason from the deepest supervisor") {
  auto broken = worker("x");
  broken.start = [](caf::event_based_actor&) { return start_result::failed("no disk"); };
  auto below = spec(strategy::one_for_one, {worker("w"), broken});
  child_spec nested{.id = "below", .start = start_supervisor(below),
                    .kind = child_kind::supervisor};
  const auto tree = start_tree(system, spec(strategy::one_for_one, {worker("a"), nested}), patience);
  CHECK(tree.why
        == "child 'below' failed to start: child 'x' failed to start: no disk");
  system.await_all_actors_done();
}

TEST_CASE_METHOD(fixture, "an operator's kill keeps the supervisor, its children and no grudges") {
  auto tree = start(strategy::one_for_one, {worker("a"), worker("b")});
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

TEST_CASE_METHOD(fixture, "a start function may hand over an actor that already lives") {
  const caf::actor old = system.spawn<test_child>(manners::polite);
  auto adopter = worker("a");
  adopter.start = [old](caf::event_based_actor&) -> start_result { return old; };
  auto tree = start(strategy::one_for_one, {adopter});
  CHECK(child(tree.root, "a") == old);
  stop(tree);
}

TEST_CASE_METHOD(fixture, "a child that ignores its stop is killed, and the stop goes on") {
  auto deaf = worker("b", restart::permanent, manners::deaf);
  deaf.shutdown = 5ms;
  auto tree = start(strategy::one_for_one, {worker("a"), deaf});
  caf::scoped_actor watcher{system};
  watcher->monitor(child(tree.root, "b"));
  stop(tree);
  CHECK(class_of(down(watcher)) == exit_class::kill);
  CHECK(events->read() == std::vector<std::string>{"killed b", "finished"});
}

TEST_CASE_METHOD(fixture, "requests are answered with the child they are about") {
  auto tree = start(strategy::one_for_one, {worker("a")});
  const auto added = ask<request_answer>(tree.root, start_child{worker("b")});
  CHECK(added.outcome == request_outcome::done);
  CHECK(added.child == child(tree.root, "b"));
  const auto again = ask<request_answer>(tree.root, start_child{worker("b")});
  CHECK(again.outcome == request_outcome::already_started);
  CHECK(again.child == added.child);
  CHECK(ask<request_answer>(tree.root, terminate_child{"b"}).outcome == request_outcome::done);
  CHECK(child(tree.root, "b") == nullptr);
  CHECK(ask<request_answer>(tree.root, restart_child{"b"}).child != nullptr);
  CHECK(ask<request_answer>(tree.root, delete_child{"b"}).outcome == request_outcome::running);
  CHECK(ask<request_answer>(tree.root, terminate_child{"x"}).outcome == request_outcome::not_found);
  stop(tree);
}

TEST_CASE_METHOD(fixture, "T6: messages and errors nobody expects are counted and do no harm") {
  auto tree = start(strategy::one_for_one, {worker("a")});
  caf::anon_send(tree.root, std::string{"what is this"});
  caf::anon_send(tree.root, caf::make_error(caf::sec::runtime_error));
  CHECK(child(tree.root, "a") != nullptr);   // and it still answers
  CHECK(tree.stats->unexpected == 2);
  stop(tree);
}

TEST_CASE_METHOD(fixture, "a start that keeps failing is tried again until it succeeds") {
  const auto starts = std::make_shared<std::atomic<int>>(0);
  auto flaky = worker("a");
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
