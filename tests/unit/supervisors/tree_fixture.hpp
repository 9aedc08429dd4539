#pragma once

#include "supervisors/exit_reason.hpp"
#include "supervisors/supervision_tree.hpp"
#include "supervisors/supervisor.hpp"
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
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace lintel::supervisors::testing {

/// To a test's child; `end_well` makes it quit, `crash` throws.
struct end_well {};
struct crash {};

} // namespace lintel::supervisors::testing

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::testing::end_well)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(lintel::supervisors::testing::crash)

namespace lintel::supervisors::testing {

/// Every wait is for a message and ends after this, which no test that passes ever uses up.
inline constexpr std::chrono::seconds patience{10};

enum class manners { polite, deaf };

class test_child : public caf::event_based_actor {
public:
  test_child(caf::actor_config& config, manners how) : caf::event_based_actor(config), how_(how) {}

  caf::behavior make_behavior() override {
    set_exception_handler(
      [](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
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
    static const std::vector<std::string> words{
      "ended",     "not started", "restarted", "killed",
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

inline child_spec real_worker(std::string id, restart type = restart::permanent,
                  manners how = manners::polite) {
  return {.id = std::move(id),
          .start = [how](caf::event_based_actor& parent) -> start_result {
            return caf::actor{parent.spawn<test_child>(how)};
          },
          .restart = type};
}

struct config : caf::actor_system_config {
  config() {
    set("scheduler.max-threads", 2);
    // One queue under a mutex: ThreadSanitizer cannot see the lock of CAF's work stealing.
    set("scheduler.policy", caf::atom("sharing"));
  }
};

/// An actor system of two workers, and what a test asks and waits for. Stop the tree at the end:
/// ~actor_system waits for it.
struct tree_fixture {
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

  /// Asks until the answer will do: a death is told to its watchers in no order, so the supervisor
  /// may hear of it after the test does.
  template <class Predicate>
  caf::actor child_once(const caf::actor& whom, const std::string& id, Predicate will_do) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
      auto now = child(whom, id);
      if (will_do(now))
        return now;
    }
    FAIL("the child " + id + " does not become what it should");
    return nullptr;
  }

  caf::actor successor(const caf::actor& whom, const std::string& id, const caf::actor& before) {
    return child_once(whom, id, [&](const caf::actor& now) { return now && now != before; });
  }

  void await_absence(const caf::actor& whom, const std::string& id) {
    child_once(whom, id, [](const caf::actor& now) { return !now; });
  }

  void stop(const supervision_tree& tree) { REQUIRE(stop_tree(system, tree, patience)); }
};

} // namespace lintel::supervisors::testing
