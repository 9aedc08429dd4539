// Random lives of random trees: whatever happens in whatever order, a supervisor neither forgets a
// child nor a request, and can always be stopped.
#include "supervisors/supervisor_machine.hpp"

#include "fake_shell.hpp"
#include <catch2/catch.hpp>
#include <random>

using namespace lintel::supervisors;
using namespace std::chrono_literals;
using testing::fake_shell;
using testing::group_of;
using testing::worker;
using script = fake_shell::start_script;

namespace {

class random_life {
public:
  explicit random_life(std::uint32_t seed) : dice_(seed), shell(make_spec()) {
    shell.start();
  }

  void step() {
    const auto id = any_id();
    switch (roll(9)) {
      case 0: if (is_alive(id)) shell.ends(id, any_end()); break;
      case 1: shell.script(id, {any_script(), any_script()}); break;
      case 2: if (shell.status(id) == "starting") shell.finish_start(id); break;
      case 3: toggle(shell.deaf, id); break;
      case 4: shell.start_child(worker(id, any_restart())), ++requests; break;
      case 5: shell.terminate_child(id), ++requests; break;
      case 6: shell.restart_child(id), ++requests; break;
      case 7: shell.begin_incarnation(); break;
      default: shell.pass(std::chrono::milliseconds{roll(2'000)}); break;
    }
  }

  /// No more accidents: starts and stops in progress come to their end.
  void settle() {
    for (const auto& id : ids_)
      shell.script(id, {});
    for (int i = 0; i < 20 && !shell.is_finished(); ++i) {
      for (const auto& id : ids_)
        if (is_alive(id))
          shell.finish_start(id);   // means nothing to those that are up
      shell.pass(10s);
    }
  }

private:
  // Before the shell: its spec is made with these.
  std::mt19937 dice_;
  std::vector<std::string> ids_{"a", "b", "c", "d", "e"};

  std::size_t roll(std::size_t sides) { return dice_() % sides; }
  std::string any_id() { return ids_[roll(ids_.size())]; }
  exit_class any_end() { return exit_class{static_cast<std::uint8_t>(roll(5))}; }
  restart any_restart() { return restart{static_cast<std::uint8_t>(roll(3))}; }
  script any_script() { return script{static_cast<int>(roll(3))}; }

  bool is_alive(const std::string& id) {
    for (const auto& child : shell.machine.children().all())
      if (child.spec.id == id)
        return !child.is_stopped();
    return false;
  }

  void toggle(std::set<std::string>& set, const std::string& id) {
    if (set.erase(id) == 0)
      set.insert(id);
  }

  supervisor_spec make_spec() {
    auto spec = group_of(strategy{static_cast<std::uint8_t>(roll(4))},
                         {worker("a"), worker("b", any_restart()), worker("c")});
    if (spec.how == strategy::dynamic)
      spec.children.clear();   // they come with case 4
    spec.limit = {.count_max = 1'000, .window = 1s};
    return spec;
  }

public:
  fake_shell shell;
  std::uint64_t requests = 0;
};

} // namespace

TEST_CASE("after any history no child is left halfway, and every request has its answer") {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    INFO("seed " << seed);
    random_life life{seed};
    for (int i = 0; i < 200; ++i)
      life.step();
    life.settle();
    REQUIRE_FALSE(life.shell.is_finished());
    REQUIRE(life.shell.answers.size() == life.requests);
    for (const auto& child : life.shell.machine.children().all()) {
      const auto state = child.shown_state();
      REQUIRE((state == child_state::up || state == child_state::stopped));
      REQUIRE_FALSE((child.must_start || child.must_stop || child.timer));
    }
  }
}

TEST_CASE("after any history a supervisor that is asked to stop does, and leaves no child") {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    INFO("seed " << seed);
    random_life life{seed};
    for (int i = 0; i < 100; ++i)
      life.step();
    life.shell.shut_down();
    for (int i = 0; i < 50; ++i)
      life.step();
    life.shell.pass(1min);
    REQUIRE(life.shell.is_finished());
    REQUIRE(life.shell.finished->cause == finish_cause::asked);
    REQUIRE(life.shell.answers.size() == life.requests);
    REQUIRE(life.shell.machine.children().count().active == 0);
  }
}
